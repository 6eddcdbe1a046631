import { z } from 'zod'
import {
  crossValidationResultSchema,
  leakageWarningSchema,
  searchTableSchema,
} from '../catalog/training-results.ts'
import { epochSchema } from '../catalog/version.ts'
import { metricsSchema } from '../metrics/metrics.ts'
import { taskSchema } from '../signature/signature.ts'

export const cellStatuses = ['idle', 'queued', 'running', 'done', 'stale', 'failed', 'disabled'] as const
export const cellStateSchema = z.strictObject({
  status: z.enum(cellStatuses),
  /** Duration of the last finished run in milliseconds. */
  ms: z.number().nullable(),
  /** Why it is stale, failed or waiting, in one sentence; empty otherwise. */
  reason: z.string(),
})
export type CellState = z.infer<typeof cellStateSchema>

export const outputColumnSchema = z.strictObject({ name: z.string(), type: z.string() })

/** What stands under a cell. Relations are read in windows through `data.window`, never sent whole. */
export const outputSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('relation'),
    relation: z.string(),
    rows: z.number().int(),
    columns: z.array(outputColumnSchema),
  }),
  z.strictObject({
    type: z.literal('text'),
    stream: z.enum(['stdout', 'stderr', 'result']),
    text: z.string(),
    /** Characters left out because the output limit was reached. */
    omitted: z.number().int(),
  }),
  /** A small table displayed from TypeScript, at most 1,000 rows. */
  z.strictObject({
    type: z.literal('table'),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.unknown())),
    total: z.number().int(),
  }),
  /** Shown in a sandboxed frame without access to the app. */
  z.strictObject({ type: z.literal('html'), html: z.string() }),
  z.strictObject({
    type: z.literal('chart'),
    /** A Plotly figure; colours are left to the theme. */
    figure: z.strictObject({
      data: z.array(z.record(z.string(), z.unknown())),
      layout: z.record(z.string(), z.unknown()),
    }),
    /** Rows of the relation behind it, and a remark such as "20,000 of 3,000,000 rows, sampled". */
    rows: z.number().int(),
    note: z.string(),
  }),
  z.strictObject({
    type: z.literal('training'),
    history: z.array(epochSchema),
    epochs: z.number().int(),
    /** What one step of the history is; trees grow in rounds. Absent: an epoch. */
    unit: z.enum(['epoch', 'round']).optional(),
    /** What training is doing now, such as `fitting features`; empty when finished. */
    step: z.string(),
    /** Of a search, at most 100 trials: those at work and the best. */
    search: searchTableSchema.optional(),
  }),
  z.strictObject({
    type: z.literal('model'),
    name: z.string(),
    version: z.number().int(),
    task: taskSchema,
    metrics: metricsSchema,
    /** The same metrics for always predicting the most frequent class or the mean. */
    naive: metricsSchema,
    rows: z.strictObject({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
    durationMs: z.number(),
    crossValidation: crossValidationResultSchema.optional(),
    warnings: z.array(leakageWarningSchema).optional(),
    heldBack: z.array(z.string()).optional(),
    /** Aggregates of the SQL before the model, served at their value over the training rows. */
    frozen: z.array(z.strictObject({ expression: z.string(), value: z.string() })).optional(),
  }),
  z.strictObject({
    type: z.literal('check'),
    passed: z.boolean(),
    violations: z.number().int(),
    columns: z.array(outputColumnSchema),
    /** The first violating rows, at most 20. */
    sample: z.array(z.array(z.unknown())),
  }),
  z.strictObject({
    type: z.literal('error'),
    message: z.string(),
    whatToDo: z.string(),
    /** Stack or database message, folded in the window. */
    details: z.string(),
    /** Where in the cell's JSON, such as `model.trees`. */
    path: z.string().optional(),
  }),
])
export type Output = z.infer<typeof outputSchema>
