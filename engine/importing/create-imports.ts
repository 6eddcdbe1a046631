import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { version as duckdbVersion } from '@duckdb/node-api'
import { type ModelVersion, type TrainedRecord, versionFiles } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'
import type { Label, Signature } from '../../shared/signature/signature.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type Database, literal, quoteRelation, type Session } from '../data/database.ts'
import { createUploads, type UploadKind } from '../data/uploads.ts'
import { type FindOnnxModule, findOnnxModule, onnxVersion } from '../onnx/find-onnx-module.ts'
import { loadOnnxRuntime } from '../onnx/load-onnx-runtime.ts'
import { gitState, type RunProgram, runProgram, sha256 } from '../training/read-provenance.ts'
import { assembleImport, type ImportedRows } from './assemble-import.ts'
import type { ForeignModel, OpenedModel } from './foreign-model.ts'
import { heldOutFiles } from './held-out-rows.ts'
import { importCard } from './import-card.ts'
import type { ImportRequest, Imports } from './imports.ts'
import { readOnnx } from './onnx-model.ts'
import { describeData, distinctLabels, type SampledData, sampleRows } from './sample-rows.ts'
import { readXgboost } from './xgboost-model.ts'

export interface ImportsDependencies {
  database: Database
  catalog: Catalog
  workspaceFolder: string
  slipwayVersion: string
  now?: () => number
  run?: RunProgram
  findModule?: FindOnnxModule
}

const dataFiles = new Set(['.csv', '.tsv', '.parquet', '.json', '.ndjson', '.jsonl'])

const modelFiles: UploadKind = {
  folder: 'uploads-models',
  accepted: ['.onnx', '.json'],
  otherwise: 'Save it as ONNX, or an XGBoost model as JSON.',
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
}

/** SQL for a relation's name or a file's path. */
function sourceOf(data: string): string {
  return dataFiles.has(extname(data).toLowerCase()) && existsSync(data) ? literal(data) : quoteRelation(data)
}

async function bytesOf({ file, shown }: ImportRequest): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file))
  } catch {
    throw new Failure('not-found', `There is no model file ${shown}.`, 'Check the path and its spelling.')
  }
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
    findModule = findOnnxModule,
  } = dependencies

  const uploads = createUploads(workspaceFolder, modelFiles)

  function readModel(bytes: Uint8Array, shown: string, onStep: (title: string) => void): ForeignModel {
    const onnxRuntime = async () => {
      const path = await findModule(onStep)
      return { runtime: loadOnnxRuntime(path), version: await onnxVersion() }
    }
    const text = bytes[0] === 0x7b ? new TextDecoder().decode(bytes) : ''
    if (/"gradient_booster"\s*:/.test(text)) return readXgboost(text, shown)
    if (text === '') return readOnnx(bytes, shown, onnxRuntime)
    throw new Failure(
      'invalid-input',
      `${shown} is no XGBoost model in JSON.`,
      'Save it in Python as booster.save_model("model.json"), the name ending in .json, or as ONNX.',
      'file',
    )
  }

  /** The labels that were given, else those of the file, else the target's values where they are as many. */
  async function chooseClasses(
    session: Session,
    request: ImportRequest,
    model: ForeignModel,
    data: SampledData | null,
  ): Promise<readonly Label[] | null> {
    const { classes, target } = request
    const { classCount: count, labels } = model
    if (classes) return classes
    if (count === null || !data || target === undefined || !request.data) return null
    // Codes 0, 1, … of the file stand for whatever the data has in their place.
    if (labels?.some((label, k) => label !== k)) return null
    const found = await distinctLabels(session, sourceOf(request.data), data, target, count)
    if (labels && found?.every((label) => labels.includes(label))) return null
    if (found?.length !== count) {
      throw new Failure(
        'invalid-input',
        `The model has ${count} classes; the column "${target}" has ${found === null ? `more than ${count}` : found.length} values.`,
        'Give the classes in the order in which they were coded 0, 1, ….',
        'classes',
      )
    }
    return found
  }

  /** The names that were given, else those of the data where the file has none and the data has as many. */
  function chooseColumns(
    { columns, target, data: from }: ImportRequest,
    { unnamedColumns: count }: ForeignModel,
    data: SampledData | null,
  ): readonly string[] | null {
    if (columns || count === null || !data) return columns ?? null
    const names = data.columns.map(({ name }) => name).filter((name) => name !== target)
    if (count === 0 || names.length === count) return names
    throw new Failure(
      'invalid-input',
      `The model reads ${count} columns without names; the data ${from} has ${names.length}${target === undefined ? '' : ' beside the target'}: ${names.join(', ')}.`,
      'Name the columns in the order in which the model was trained on them, or select those alone.',
      'columns',
    )
  }

  async function rowsFor(
    session: Session,
    request: ImportRequest,
    opened: OpenedModel,
    data: SampledData | null,
  ): Promise<{ rows: ImportedRows; signature: Signature }> {
    const { signature } = opened
    if (!data || request.data === undefined) {
      return { rows: { rows: opened.makeRows(), actual: [], given: false }, signature }
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

  async function importWith(
    session: Session,
    request: ImportRequest,
    onStep: (title: string) => void,
  ): Promise<ModelVersion> {
    const { name, shown } = request
    if (!modelNamePattern.test(name)) {
      throw new Failure(
        'invalid-input',
        `"${name}" is no name of a model.`,
        'Use a letter, then letters, digits, _ or -, 64 at most.',
        'name',
      )
    }
    await catalog.assertName(name)
    const started = now()
    const bytes = await bytesOf(request)
    const model = readModel(bytes, shown, onStep)
    const data = request.data ? await describeData(session, sourceOf(request.data), request.data) : null
    const classes = await chooseClasses(session, request, model, data)
    const columns = chooseColumns(request, model, data)
    const target = request.target ?? 'prediction'
    const opened = await model.open({ target, classes, columns })
    const { rows, signature } = await rowsFor(session, request, opened, data)
    const { baseline, examples, metrics, known } = assembleImport(opened.withSignature(signature), rows)
    const { task } = signature
    const hash = sha256(bytes)
    const record: TrainedRecord = {
      name,
      task,
      created: new Date(now()).toISOString(),
      durationMs: now() - started,
      spec: { from: request.data ?? shown, target, task, ...(model.spec ? { model: model.spec } : {}) },
      signature,
      metrics,
      split: { train: 0, validation: 0, test: known?.rows.length ?? (rows.given ? rows.rows.length : 0) },
      history: [],
      provenance: {
        notebook: null,
        notebookHash: null,
        cell: null,
        data: data?.fingerprint ?? { relation: shown, sql: null, rows: 0, contentHash: hash },
        git: await gitState(workspaceFolder, run),
        imported: {
          format: model.format,
          file: shown,
          sha256: hash,
          producer: model.producer,
          rows: rows.given ? 'given' : 'made',
        },
        slipway: slipwayVersion,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        backend: 'none',
        packages: { duckdb: duckdbVersion().replace(/^v/, ''), ...model.packages },
      },
    }
    const card = importCard(record, opened.notes(rows.given))
    const files = new Map<string, Uint8Array>([
      [versionFiles.features, json(opened.pipeline)],
      [versionFiles.signature, json(signature)],
      [versionFiles.baseline, json(baseline)],
      [versionFiles.examples, json(examples)],
      [versionFiles.card, new TextEncoder().encode(card)],
      ...opened.files,
      ...(known ? await heldOutFiles(session, signature, known) : []),
    ])
    return catalog.register({ record, naive: {}, files })
  }

  return {
    async import(request, onStep = () => {}) {
      const session = await database.session()
      try {
        return await importWith(session, request, onStep)
      } finally {
        session.close()
      }
    },
    async upload(chunk) {
      const { received, path } = await uploads.write(chunk)
      return { received, path: path === null ? null : basename(path) }
    },
  }
}
