import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import {
  comparisonSchema,
  explanationSchema,
  importanceReportSchema,
  sliceReportSchema,
} from '../../shared/contract/evaluation.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import { decode, decodeJson } from '../../shared/decode.ts'
import { dependenceSchema } from '../../shared/evaluation/partial-dependence.ts'
import { shapSummarySchema } from '../../shared/evaluation/shap-summary.ts'
import { Failure } from '../../shared/failure.ts'
import type { ModelParts } from '../../shared/models/open-predictor.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Database, Session } from '../data/database.ts'
import type { Tasks } from '../tasks.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'
import { comparedVersions, comparisonJob } from './compare-versions.ts'
import type { Evaluation } from './evaluation.ts'
import { comparedScoresSchema, type EvaluationJob } from './evaluation-job.ts'
import { readFeatures, readScores, readSlices, readTexts } from './read-held-out.ts'
import { evaluationCancelled, runEvaluation } from './run-evaluation.ts'
import { createSharedWork } from './shared-work.ts'
import { type EvaluatedVersion, readVersion } from './version-parts.ts'
import { reportDocument, writeReport } from './write-report.ts'

export interface EvaluationDependencies {
  database: Database
  catalog: Catalog
  tasks: Tasks
  /** Where results are kept: `.slipway/evaluations`. */
  folder: string
  /** The built script of the HTML report. */
  reportScript: string
}

const explained = explanationSchema.omit({ row: true, values: true }).array()

export function createEvaluation(dependencies: EvaluationDependencies): Evaluation {
  const { database, catalog, tasks, folder, reportScript } = dependencies
  const shared = createSharedWork()

  /** A session that `signal` interrupts. */
  async function reading<T>(signal: AbortSignal, read: (session: Session) => Promise<T>): Promise<T> {
    if (signal.aborted) throw evaluationCancelled()
    const session = await database.session()
    const interrupt = () => session.interrupt()
    signal.addEventListener('abort', interrupt)
    try {
      return await read(session)
    } finally {
      signal.removeEventListener('abort', interrupt)
      session.close()
    }
  }

  async function compute<S extends z.ZodType>(
    title: string,
    schema: S,
    signal: AbortSignal,
    prepare: (session: Session) => Promise<EvaluationJob>,
  ): Promise<z.output<S>> {
    const stopped = new AbortController()
    const either = AbortSignal.any([signal, stopped.signal])
    const task = tasks.start(title, () => stopped.abort())
    try {
      const job = await reading(either, prepare)
      return decode(schema, await runEvaluation(job, either, (fraction) => task.progress(fraction)), title)
    } finally {
      task.end()
    }
  }

  /** What was computed before, or what `work` computes now; a kept file that cannot be read is made again. */
  async function kept<S extends z.ZodType>(
    version: EvaluatedVersion,
    name: string,
    schema: S,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<z.output<S>>,
  ): Promise<z.output<S>> {
    const path = join(folder, version.record.digest.slice(0, 32), `${name}.json`)
    return shared.once(path, signal, async (stop) => {
      try {
        return decodeJson(schema, await readFile(path, 'utf8'), path)
      } catch {
        const result = await work(stop)
        await atomicWrite(path, JSON.stringify(result))
        return result
      }
    })
  }

  const titleOf = (what: string, { name, version }: VersionRef) => `${what} of ${name} v${version}`
  const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

  function noColumn(ref: VersionRef, column: string, there: readonly string[]): Failure {
    return new Failure(
      'not-found',
      `${ref.name} version ${ref.version} has no column "${column}"; it has ${there.join(', ')}.`,
      'Choose one of these.',
      'column',
    )
  }

  async function withTrees(ref: VersionRef): Promise<EvaluatedVersion> {
    const version = await readVersion(catalog, ref)
    if (await version.trees()) return version
    throw new Failure(
      'invalid-input',
      `${ref.name} version ${ref.version} is no model of trees; SHAP values are computed for boosted trees.`,
      'Look at its permutation importance and partial dependence instead.',
    )
  }

  /** The columns that the model reads, which with SQL before it are not those of a request. */
  const namesOf = ({ pipeline }: ModelParts) => pipeline.columns.map(({ name }) => name)

  const features = async (session: Session, version: EvaluatedVersion) => {
    const model = await version.model()
    const { batch, actual } = await readFeatures(session, version.source, model.pipeline)
    return { model, actual, batch: { ...batch, columns: [...batch.columns] } }
  }

  const evaluation: Evaluation = {
    async get(ref) {
      const version = await readVersion(catalog, ref)
      const { rows, of, columns } = version.file.heldOut
      return {
        report: version.file.report,
        heldOut: { rows, of, columns, origin: version.record.provenance.imported ? 'given' : 'held out' },
        metrics: version.record.metrics,
        trees: await version.trees(),
      }
    },
    async slices(ref, name, signal) {
      const version = await readVersion(catalog, ref)
      const { columns, outputs } = version.file.heldOut
      const column = columns.find((candidate) => candidate.name === name)
      if (!column) {
        throw noColumn(
          ref,
          name,
          columns.map((candidate) => candidate.name),
        )
      }
      return kept(version, `slices-${short(name)}`, sliceReportSchema, signal, (stop) =>
        compute(titleOf(`Slices by ${name}`, ref), sliceReportSchema, stop, async (session) => {
          const { actual, scores } = await readScores(session, version.source, outputs)
          const by = await readSlices(session, version.source, column)
          return {
            kind: 'slices',
            column: name,
            actual,
            predictions: { task: version.record.task, outputs, scores },
            by,
          }
        }),
      )
    },
    async importance(ref, signal) {
      const version = await readVersion(catalog, ref)
      return kept(version, 'importance', importanceReportSchema, signal, (stop) =>
        compute(titleOf('Permutation importance', ref), importanceReportSchema, stop, async (session) => ({
          kind: 'importance',
          ...(await features(session, version)),
        })),
      )
    },
    async dependence(ref, name, signal) {
      const version = await readVersion(catalog, ref)
      const names = namesOf(await version.model())
      const column = names.indexOf(name)
      if (column < 0) throw noColumn(ref, name, names)
      if (version.file.heldOut.columns.some((one) => one.name === name && one.kind === 'text')) {
        throw new Failure(
          'invalid-input',
          `Column "${name}" of ${ref.name} version ${ref.version} is a text, which has no values to vary one by one.`,
          'Look at its importance, or at the slices by how many words it has.',
          'column',
        )
      }
      return kept(version, `dependence-${short(name)}`, dependenceSchema, signal, (stop) =>
        compute(titleOf(`Dependence on ${name}`, ref), dependenceSchema, stop, async (session) => {
          const { model, batch } = await features(session, version)
          return { kind: 'dependence', model, batch, column }
        }),
      )
    },
    async shap(ref, output, signal) {
      const version = await withTrees(ref)
      const { task, signature } = version.record
      const classes = task === 'multiclass' ? (signature.target.classes ?? []) : [signature.target.name]
      if (output >= classes.length) {
        throw new Failure(
          'invalid-input',
          `${ref.name} version ${ref.version} has no class at place ${output}; it has ${classes.length}.`,
          `Choose a place from 0 to ${classes.length - 1}.`,
          'output',
        )
      }
      return kept(version, `shap-${output}`, shapSummarySchema, signal, (stop) =>
        compute(titleOf('SHAP values', ref), shapSummarySchema, stop, async (session) => {
          const { model, batch } = await features(session, version)
          return { kind: 'shap', model, batch, output }
        }),
      )
    },
    async explain(ref, places, signal) {
      const version = await withTrees(ref)
      const { rows, path } = version.source
      const beyond = places.find((row) => row >= rows)
      if (beyond !== undefined) {
        throw new Failure(
          'invalid-input',
          `Row ${beyond} is not among the ${rows} kept rows of ${ref.name} version ${ref.version}.`,
          `Choose a row from 0 to ${rows - 1}.`,
          'row',
        )
      }
      const values: Record<string, string | null>[] = []
      const title = titleOf(places.length === 1 ? `Row ${places[0]}` : `${places.length} rows`, ref)
      const found = await compute(title, explained, signal, async (session) => {
        const model = await version.model()
        values.push(...(await readTexts(session, path, namesOf(model), places)))
        const chosen = places.map((row, place) => `select ${place} as place, ${row} as r`)
        const source = { path, rows: places.length, places: `(${chosen.join(' union all ')})` }
        const { batch } = await readFeatures(session, source, model.pipeline)
        return { kind: 'explain', model, batch: { ...batch, columns: [...batch.columns] } }
      })
      return found.map((one, i) => ({ row: places[i]!, values: values[i] ?? {}, ...one }))
    },
    async compare(refs, signal) {
      const versions = await Promise.all(refs.map((ref) => readVersion(catalog, ref)))
      const tasksOf = new Set(versions.map(({ record }) => record.task))
      if (tasksOf.size > 1) {
        throw new Failure(
          'invalid-input',
          `${refs.map(({ name, version }) => `${name} version ${version}`).join(' and ')} have different tasks (${[...tasksOf].join(', ')}).`,
          'Compare versions of one task.',
          'versions',
        )
      }
      const [first] = versions
      if (!first) throw new Error('The contract asks for two versions.')
      const name = `comparison-${short(versions.map(({ record }) => record.digest).join())}`
      return kept(first, name, comparisonSchema, signal, async (stop) => {
        const chosen: Awaited<ReturnType<typeof comparisonJob>>[] = []
        const found = await compute('Comparing versions', comparedScoresSchema, stop, async (session) => {
          const rows = await comparisonJob(session, versions)
          chosen.push(rows)
          return rows.job
        })
        const [rows] = chosen
        if (!rows) throw new Error('The rows to compare on were to be chosen first.')
        const { basis, curves } = rows
        return { ...comparedVersions(versions, found.reports), basis, metrics: found.metrics, curves }
      })
    },
    document: (ref, signal) => reportDocument(evaluation, catalog, ref, signal),
    exportHtml: (ref, signal) => writeReport(evaluation, ref, reportScript, signal),
  }
  return evaluation
}
