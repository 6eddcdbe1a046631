import { z } from 'zod'
import { comparisonSchema } from '../../shared/contract/evaluation.ts'
import { evaluationReportSchema } from '../../shared/evaluation/evaluation-report.ts'
import { failureSchema } from '../../shared/failure.ts'
import { pipelineSchema } from '../../shared/features/pipeline.ts'
import { signatureSchema, taskSchema } from '../../shared/signature/signature.ts'

const numbers = z.custom<Float64Array>((value) => value instanceof Float64Array, 'expected numbers')
const codes = z.custom<Int32Array>((value) => value instanceof Int32Array, 'expected codes')
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')

const modelSchema = z.strictObject({
  signature: signatureSchema,
  pipeline: pipelineSchema,
  modelJson: z.string(),
  weights: bytes.nullable(),
  onnxModule: z.string().optional(),
})

const batchSchema = z.strictObject({
  rows: z.number().int(),
  columns: z.array(z.union([numbers, codes])),
  tokens: codes.optional(),
})

const scoresSchema = z.strictObject({ task: taskSchema, outputs: z.number().int(), scores: numbers })

/** What an evaluation thread is started with: all it needs as typed arrays, so that it never asks for more. */
export const evaluationJobSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('slices'),
    column: z.string(),
    actual: numbers,
    predictions: scoresSchema,
    /** Values to bin (numbers, or seconds of a time), or the slice of each row with the slices' labels. */
    by: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('values'), values: numbers, of: z.enum(['number', 'time', 'text']) }),
      z.strictObject({ kind: z.literal('labels'), labels: z.array(z.string()), slices: codes }),
    ]),
  }),
  z.strictObject({ kind: z.literal('importance'), model: modelSchema, batch: batchSchema, actual: numbers }),
  z.strictObject({
    kind: z.literal('dependence'),
    model: modelSchema,
    batch: batchSchema,
    column: z.number().int(),
  }),
  z.strictObject({
    kind: z.literal('shap'),
    model: modelSchema,
    batch: batchSchema,
    /** The class explained, of several; else 0. */
    output: z.number().int(),
  }),
  z.strictObject({ kind: z.literal('explain'), model: modelSchema, batch: batchSchema }),
  z.strictObject({
    kind: z.literal('compare'),
    /** Whether the rows are the same for all. */
    paired: z.boolean(),
    /** Of the first version: the target and its classes. */
    signature: signatureSchema,
    /** Whether pictures are made of these rows; not where a version may have been trained on some. */
    curves: z.boolean(),
    versions: z.array(
      z.strictObject({
        actual: numbers,
        /** Scores that were kept, or the model and the rows to score. */
        scored: z.union([scoresSchema, z.strictObject({ model: modelSchema, batch: batchSchema })]),
      }),
    ),
  }),
])
export type EvaluationJob = z.infer<typeof evaluationJobSchema>

/** What the thread answers to `compare`: metrics, and a report per version where the pictures are of the rows compared. */
export const comparedScoresSchema = z.strictObject({
  metrics: comparisonSchema.shape.metrics,
  reports: z.array(evaluationReportSchema).nullable(),
})
export type ComparedScores = z.infer<typeof comparedScoresSchema>

export const evaluationMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), fraction: z.number() }),
  z.strictObject({ kind: z.literal('done'), result: z.unknown() }),
  z.strictObject({ kind: z.literal('failed'), failure: failureSchema }),
])
export type EvaluationMessage = z.infer<typeof evaluationMessageSchema>
