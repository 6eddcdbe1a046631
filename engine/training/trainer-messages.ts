import { z } from 'zod'
import { epochSchema } from '../../shared/catalog/version.ts'
import { baselineColumnSchema } from '../../shared/drift/baseline.ts'
import { evaluationReportSchema } from '../../shared/evaluation/evaluation-report.ts'
import { failureSchema } from '../../shared/failure.ts'
import { pipelineSchema } from '../../shared/features/pipeline.ts'
import { metricsSchema } from '../../shared/metrics/metrics.ts'
import { coefficientsSchema } from '../../shared/models/coefficients.ts'
import { modelSpecSchema } from '../../shared/models/model-spec.ts'
import { signatureSchema } from '../../shared/signature/signature.ts'

const numbers = z.custom<Float64Array>((value) => value instanceof Float64Array, 'expected numbers')
const codes = z.custom<Int32Array>((value) => value instanceof Int32Array, 'expected category codes')
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')

/** One split's rows as columns, in the order of the pipeline; `target` holds class indexes or numbers. */
export const partSchema = z.strictObject({
  rows: z.number().int().min(0),
  columns: z.array(z.union([numbers, codes])),
  target: numbers,
  /** How much each row counts while fitting, at least 0; absent where all count the same. */
  weights: numbers.optional(),
  /** The hashed words of all text columns. */
  tokens: codes.optional(),
})
export type Part = z.infer<typeof partSchema>

/** What the trainer thread is started with. The arrays are transferred, not copied. */
export const trainerInputSchema = z.strictObject({
  signature: signatureSchema,
  pipeline: pipelineSchema,
  model: modelSpecSchema,
  /** A model that is there already: only measured. Weights are null where the JSON holds everything. */
  given: z.strictObject({ modelJson: z.string(), weights: bytes.nullable() }).optional(),
  seed: z.number().int(),
  train: partSchema,
  validation: partSchema,
  test: partSchema,
  /** Of so many test rows, the first ones, the scores are answered. */
  keepRows: z.number().int().min(0),
  /** A fold of a search or cross-validation: only the metrics on the test rows are answered. */
  metricsOnly: z.boolean().optional(),
  /** Threads it may use; absent: one per core. Fits that run beside each other have the cores among them. */
  threads: z.number().int().min(1).optional(),
})
export type TrainerInput = z.infer<typeof trainerInputSchema>

const trainerResultSchema = z.strictObject({
  kind: z.literal('done'),
  modelJson: z.string(),
  /** Null for a model whose JSON holds everything. */
  weights: bytes.nullable(),
  /** Of a linear or logistic model. */
  coefficients: coefficientsSchema.nullable(),
  metrics: metricsSchema,
  naive: metricsSchema,
  /** Prediction columns of the baseline, counted on the test rows. */
  outputs: z.array(baselineColumnSchema),
  report: evaluationReportSchema,
  /** Of the kept test rows, row-major. */
  scores: numbers,
})
export type TrainerResult = z.infer<typeof trainerResultSchema>

const measuredSchema = z.strictObject({ kind: z.literal('measured'), metrics: metricsSchema })
export type Measured = z.infer<typeof measuredSchema>

/**
 * What the trainer thread posts, in this order: `started`, any number of `epoch`, then `done`, `measured` or `failed`;
 * and `compiled` whenever it made WebAssembly code, which the engine holds (`keep-compiled.ts`).
 */
export const trainerMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('compiled'),
    code: z.custom<object>((value) => typeof value === 'object' && value !== null, 'expected compiled code'),
  }),
  z.strictObject({ kind: z.literal('started'), backend: z.string(), tfjs: z.string().nullable() }),
  z.strictObject({ kind: z.literal('epoch'), epoch: epochSchema, epochs: z.number().int() }),
  trainerResultSchema,
  measuredSchema,
  z.strictObject({ kind: z.literal('failed'), failure: failureSchema }),
])
export type TrainerMessage = z.infer<typeof trainerMessageSchema>
