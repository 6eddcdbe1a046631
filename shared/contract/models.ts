import { z } from 'zod'
import { modelVersionSchema } from '../catalog/version.ts'
import { baselineSchema } from '../drift/baseline.ts'
import { metricsSchema } from '../metrics/metrics.ts'
import { coefficientsSchema } from '../models/coefficients.ts'
import { taskSchema } from '../signature/signature.ts'
import { nothing, procedure } from './base.ts'

export const modelSummarySchema = z.strictObject({
  name: z.string(),
  version: z.number().int(),
  task: taskSchema,
  kind: z.string(),
  created: z.string(),
  aliases: z.array(z.string()),
  metrics: metricsSchema,
  /** Null when nothing changed since training; else one sentence saying what did. */
  stale: z.string().nullable(),
})
export type ModelSummary = z.infer<typeof modelSummarySchema>

export const versionRef = z.strictObject({ name: z.string(), version: z.number().int().min(1) })
export type VersionRef = z.infer<typeof versionRef>

export const modelDetailSchema = z.strictObject({
  record: modelVersionSchema,
  aliases: z.array(z.string()),
  stale: z.string().nullable(),
  card: z.string(),
  /** Of a linear or logistic model; null for any other. */
  coefficients: coefficientsSchema.nullable(),
  baseline: baselineSchema,
  /** A recorded held-out row, for request forms and snippets. */
  example: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  artifacts: z.array(z.strictObject({ path: z.string(), bytes: z.number(), sha256: z.string() })),
})
export type ModelDetail = z.infer<typeof modelDetailSchema>

export const modelsContract = {
  /** Newest version first within a model, models by name. */
  list: procedure.input(nothing).output(z.array(modelSummarySchema)),
  get: procedure.input(versionRef).output(modelDetailSchema),
  /** Points the alias at a version, or removes it (`version: null`). */
  setAlias: procedure
    .input(
      z.strictObject({
        name: z.string(),
        alias: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
        version: z.number().int().nullable(),
      }),
    )
    .output(nothing),
}
