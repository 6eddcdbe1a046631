import { z } from 'zod'
import { namedValues } from '../../../shared/decoding/named-values.ts'
import type { failureSchema } from '../../../shared/failure.ts'
import type { Metrics } from '../../../shared/metrics/metrics.ts'
import { type Output, outputSchema } from '../../../shared/notebook/cell-state.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { savedModelSchema } from '../../training/given/encode-given.ts'

/** A whole relation for `table(name)`: numbers as `Float64Array` (NaN where missing), the rest as plain arrays. */
export interface TableColumns {
  rows: number
  columns: { name: string; type: string; values: Float64Array | unknown[] }[]
}

/** What `catalog.load(reference)` says of a version. */
export interface LoadedVersion {
  name: string
  version: number
  aliases: string[]
  task: Signature['task']
  signature: Signature
  metrics: Metrics
}

/** What the engine tells the worker of a notebook. It is our own code, so the worker takes it as it comes. */
export type ToSession =
  | {
      type: 'run'
      run: number
      cell: string
      /** URL that stands for the cell in stack traces and from which its imports are resolved. */
      file: string
      code: string
      map: string
      /** Names of other cells' exports that the code reads, each with the cell that exports it. */
      imports: { name: string; cell: string }[]
      usesTf: boolean
      params: Record<string, unknown>
    }
  | { type: 'rows'; request: number; rows: unknown[][] }
  | { type: 'answer'; request: number; ok: true; value: unknown }
  | { type: 'answer'; request: number; ok: false; failure: z.infer<typeof failureSchema> }
  | { type: 'forget'; cell: string }

const request = z.number().int()
const run = z.number().int()

/** What a worker tells the engine. User code shares the thread, so it is decoded like any other input. */
export const fromSessionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('sql'), request, text: z.string(), values: z.array(z.unknown()) }),
  z.strictObject({ type: z.literal('table'), request, name: z.string() }),
  z.strictObject({ type: z.literal('catalog.list'), request }),
  z.strictObject({ type: z.literal('catalog.get'), request, reference: z.string() }),
  z.strictObject({ type: z.literal('catalog.load'), request, reference: z.string() }),
  z.strictObject({ type: z.literal('predict'), request, reference: z.string(), relation: z.string() }),
  z.strictObject({
    type: z.literal('predict.rows'),
    request,
    reference: z.string(),
    rows: z.array(namedValues(z.unknown())),
  }),
  z.strictObject({
    type: z.literal('features.fit'),
    request,
    relation: z.string(),
    settings: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    type: z.literal('catalog.register'),
    request,
    name: z.string(),
    /** What the features were fitted by. */
    spec: z.record(z.string(), z.unknown()),
    fingerprint: z.string(),
    about: z.record(z.string(), z.unknown()),
    model: savedModelSchema,
  }),
  z.strictObject({ type: z.literal('output'), run, output: outputSchema }),
  z.strictObject({ type: z.literal('done'), run, exports: z.array(z.string()) }),
  z.strictObject({
    type: z.literal('failed'),
    run,
    message: z.string(),
    whatToDo: z.string(),
    details: z.string(),
    cancelled: z.boolean(),
  }),
])
export type FromSession = z.infer<typeof fromSessionSchema>

export const outputLimits = {
  /** Characters of one displayed value. */
  text: 100_000,
  /** Characters of everything that a cell prints. */
  printed: 1_000_000,
  tableRows: 1_000,
  outputs: 200,
}

/** Cuts text at a limit and counts what was left out. */
export function textOutput(
  stream: 'stdout' | 'stderr' | 'result',
  text: string,
  limit = outputLimits.text,
): Output {
  const omitted = Math.max(0, text.length - limit)
  return { type: 'text', stream, text: omitted > 0 ? text.slice(0, limit) : text, omitted }
}
