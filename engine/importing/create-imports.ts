import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { version as duckdbVersion } from '@duckdb/node-api'
import { type ModelVersion, type TrainedRecord, versionFiles } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import type { Predictor } from '../../shared/models/predictor.ts'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'
import type { Label, Signature } from '../../shared/signature/signature.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type Database, literal, quoteRelation, type Session } from '../data/database.ts'
import { gitState, type RunProgram, runProgram, sha256 } from '../training/read-provenance.ts'
import { assembleImport, type ImportedRows } from './assemble-import.ts'
import { importCard } from './import-card.ts'
import type { ImportRequest, Imports } from './imports.ts'
import { makeRows } from './made-rows.ts'
import { describeData, distinctLabels, type SampledData, sampleRows } from './sample-rows.ts'
import { classesOf, type ForeignTrees, foreignPredictor, readXgboost } from './xgboost-model.ts'

export interface ImportsDependencies {
  database: Database
  catalog: Catalog
  workspaceFolder: string
  slipwayVersion: string
  now?: () => number
  run?: RunProgram
}

const dataFiles = new Set(['.csv', '.tsv', '.parquet', '.json', '.ndjson', '.jsonl'])

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
}

/** SQL for a relation's name or a file's path. */
function sourceOf(data: string): string {
  return dataFiles.has(extname(data).toLowerCase()) && existsSync(data) ? literal(data) : quoteRelation(data)
}

async function readModelFile({ file, shown }: ImportRequest): Promise<string> {
  const bytes = await readFile(file).catch(() => {
    throw new Failure('not-found', `There is no model file ${shown}.`, 'Check the path and its spelling.')
  })
  const text = bytes.toString('utf8')
  if (text.trimStart().startsWith('{') && /"gradient_booster"\s*:/.test(text)) return text
  throw new Failure(
    'invalid-input',
    `${shown} is no XGBoost model in JSON.`,
    'Save it in Python as booster.save_model("model.json"), the name ending in .json.',
    'file',
  )
}

function actualOf(signature: Signature, answers: readonly (string | null)[]): number[] {
  const { classes } = signature.target
  return answers.map((answer) => {
    if (answer === null) return Number.NaN
    const place = classes ? classes.findIndex((label) => String(label) === answer) : Number(answer)
    return classes && place < 0 ? Number.NaN : place
  })
}

function withRanges(signature: Signature, ranges: ReadonlyMap<string, { min: number; max: number }>) {
  return { ...signature, inputs: signature.inputs.map((one) => ({ ...one, ...ranges.get(one.name) })) }
}

export function createImports(dependencies: ImportsDependencies): Imports {
  const {
    database,
    catalog,
    workspaceFolder,
    slipwayVersion,
    now = Date.now,
    run = runProgram,
  } = dependencies

  /** The labels that were given, else the target's values where they are as many as the model has classes. */
  async function chooseClasses(
    session: Session,
    request: ImportRequest,
    trees: ForeignTrees,
    data: SampledData | null,
  ): Promise<Label[] | null> {
    const { classes, target } = request
    if (classes || trees.task === 'regression' || !data || target === undefined || !request.data) {
      return classesOf(trees, classes ?? null)
    }
    const count = trees.task === 'binary' ? 2 : trees.model.groups
    const found = await distinctLabels(session, sourceOf(request.data), data, target, count)
    if (found?.length !== count) {
      throw new Failure(
        'invalid-input',
        `The model has ${count} classes; the column "${target}" has ${found === null ? `more than ${count}` : found.length} values.`,
        'Give the classes in the order in which they were coded 0, 1, ….',
        'classes',
      )
    }
    return classesOf(trees, found)
  }

  function notesOf({ description, model }: ForeignTrees, given: boolean): string[] {
    const rounds = model.trees.length / model.groups
    const notes: string[] = []
    const { bestRounds } = description
    if (bestRounds !== null && bestRounds < rounds) {
      notes.push(
        `It holds ${rounds} rounds; early stopping found the least loss after ${bestRounds}. All are used, as by \`Booster.predict\`. To serve the best ones only, save \`booster[:booster.best_iteration + 1]\`.`,
      )
    }
    if (!given) {
      notes.push(
        'It was imported without data. Its recorded rows are made up from the thresholds of its trees: they prove that predictions stay the same, and say nothing of the data. Its baseline is empty, so drift is measured only between windows.',
      )
    }
    return notes
  }

  async function rowsFor(
    session: Session,
    request: ImportRequest,
    trees: ForeignTrees,
    predictor: Predictor,
    data: SampledData | null,
  ): Promise<{ rows: ImportedRows; signature: Signature }> {
    const { signature } = predictor
    if (!data || request.data === undefined) {
      return { rows: { rows: makeRows(signature, trees.model), actual: [], given: false }, signature }
    }
    const { target = null } = request
    const source = sourceOf(request.data)
    const sampled = await sampleRows(session, source, data, signature, request.shown, target)
    const actual = actualOf(signature, sampled.actual)
    return {
      rows: { rows: sampled.rows, actual, given: true },
      signature: withRanges(signature, sampled.ranges),
    }
  }

  async function importWith(session: Session, request: ImportRequest): Promise<ModelVersion> {
    const { name, shown } = request
    if (!modelNamePattern.test(name)) {
      throw new Failure(
        'invalid-input',
        `"${name}" is no name of a model.`,
        'Use a letter, then letters, digits, _ or -, 64 at most.',
        'name',
      )
    }
    const started = now()
    const modelJson = await readModelFile(request)
    const trees = readXgboost(modelJson, shown)
    const data = request.data ? await describeData(session, sourceOf(request.data), request.data) : null
    const classes = await chooseClasses(session, request, trees, data)
    const target = request.target ?? 'prediction'
    const foreign = foreignPredictor(trees, target, classes)
    const { rows, signature } = await rowsFor(session, request, trees, foreign.predictor, data)
    const { baseline, examples, metrics } = assembleImport(foreign.predictor, rows)
    const record: TrainedRecord = {
      name,
      task: trees.task,
      created: new Date(now()).toISOString(),
      durationMs: now() - started,
      spec: { from: request.data ?? shown, target, task: trees.task, model: { kind: 'gbdt' } },
      signature,
      metrics,
      split: { train: 0, validation: 0, test: rows.given ? rows.rows.length : 0 },
      history: [],
      provenance: {
        notebook: null,
        notebookHash: null,
        cell: null,
        data: data?.fingerprint ?? { relation: shown, sql: null, rows: 0, contentHash: sha256(modelJson) },
        git: await gitState(workspaceFolder, run),
        imported: {
          format: 'xgboost',
          file: shown,
          sha256: sha256(modelJson),
          producer: `XGBoost ${trees.description.version}`,
          rows: rows.given ? 'given' : 'made',
        },
        slipway: slipwayVersion,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        backend: 'none',
        packages: { duckdb: duckdbVersion().replace(/^v/, ''), xgboost: trees.description.version },
      },
    }
    const card = importCard(record, notesOf(trees, rows.given))
    const files = new Map<string, Uint8Array>([
      [versionFiles.features, json(foreign.pipeline)],
      [versionFiles.signature, json(signature)],
      [versionFiles.baseline, json(baseline)],
      [versionFiles.examples, json(examples)],
      [versionFiles.card, new TextEncoder().encode(card)],
      // Byte by byte what was given: Python loads it as before.
      [versionFiles.modelTopology, new TextEncoder().encode(modelJson)],
    ])
    return catalog.register({ record, naive: {}, files })
  }

  return {
    async import(request) {
      const session = await database.session()
      try {
        return await importWith(session, request)
      } finally {
        session.close()
      }
    },
  }
}
