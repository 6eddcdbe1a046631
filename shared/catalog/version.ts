import { z } from 'zod'
import { metricsSchema } from '../metrics/metrics.ts'
import { trainSpecSchema } from '../notebook/train-spec.ts'
import { signatureSchema, taskSchema } from '../signature/signature.ts'
import { transformSummarySchema } from '../transforms/transform-plan.ts'
import { sourcesSchema } from './sources.ts'
import { crossValidationResultSchema, leakageWarningSchema, searchTableSchema } from './training-results.ts'

/** Where a version came from: enough to make it again, or to say why that cannot be done. */
export const provenanceSchema = z.strictObject({
  /** Where its paths and relations are looked up; absent from versions made before this was recorded. */
  workspace: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  /** Path relative to the workspace; null when trained outside a notebook. */
  notebook: z.string().nullable(),
  /** SHA-256 of the notebook file's sources as they ran. */
  notebookHash: z.string().nullable(),
  cell: z.string().nullable(),
  data: z.strictObject({
    relation: z.string(),
    /** The SQL that defines the relation; null for an imported table. */
    sql: z.string().nullable(),
    rows: z.number().int(),
    /** Order-independent hash of the relation's rows. */
    contentHash: z.string(),
  }),
  git: z
    .strictObject({
      commit: z.string(),
      branch: z.string().nullable(),
      dirty: z.boolean(),
      /** Where the repository is fetched from; absent without one. */
      repository: z.string().optional(),
    })
    .nullable(),
  /** Of a version that was trained elsewhere: the file it came in. */
  imported: z
    .strictObject({
      format: z.enum(['xgboost', 'onnx']),
      file: z.string(),
      sha256: z.string(),
      /** The program that wrote the file, with its version. */
      producer: z.string(),
      /** Recorded rows are of given data, or were made up for the model. */
      rows: z.enum(['given', 'made']),
    })
    .optional(),
  /** Absent where it was trained outside a notebook. */
  sources: sourcesSchema.optional(),
  slipway: z.string(),
  node: z.string(),
  platform: z.string(),
  backend: z.string(),
  packages: z.record(z.string(), z.string()),
})
export type Provenance = z.infer<typeof provenanceSchema>

export const epochSchema = z.strictObject({
  epoch: z.number().int(),
  loss: z.number(),
  validationLoss: z.number().nullable(),
})
export type Epoch = z.infer<typeof epochSchema>

/** What training hands to the catalog, before the catalog gives it a version number. */
export const trainedRecordSchema = z.strictObject({
  name: z.string(),
  task: taskSchema,
  created: z.string(),
  durationMs: z.number(),
  spec: trainSpecSchema,
  signature: signatureSchema,
  metrics: metricsSchema,
  split: z.strictObject({
    train: z.number().int(),
    validation: z.number().int(),
    test: z.number().int(),
  }),
  history: z.array(epochSchema),
  /** Columns that the split or the target's time kept from being features. */
  heldBack: z.array(z.string()).optional(),
  crossValidation: crossValidationResultSchema.optional(),
  /** The search of a cell that has one, and the spec with its best values, which was trained with. */
  search: searchTableSchema.extend({ spec: trainSpecSchema }).optional(),
  /** Suspicions of leakage; absent where there is none. */
  warnings: z.array(leakageWarningSchema).optional(),
  provenance: provenanceSchema,
  /** The SQL between the serving input and the training relation, when the two are not the same. */
  transforms: transformSummarySchema.optional(),
})
export type TrainedRecord = z.infer<typeof trainedRecordSchema>

export const versionFileSchema = z.strictObject({
  /** Relative to the version's folder, with `/`. */
  path: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
})
export type VersionFile = z.infer<typeof versionFileSchema>

/** The file `version.json`, immutable once written. */
export const modelVersionSchema = trainedRecordSchema.extend({
  format: z.literal(1),
  version: z.number().int().min(1),
  /** Who registered it: `user@host`. */
  author: z.string(),
  /** Every other file of the version, by path. */
  files: z.array(versionFileSchema),
  /** SHA-256 of this record without this member, in canonical JSON; through `files` it stands for all of the version. */
  digest: z.string(),
})
export type ModelVersion = z.infer<typeof modelVersionSchema>

/** Where the aliases of a model point. */
export const aliasesSchema = z.record(z.string(), z.number().int().min(1))
export type Aliases = z.infer<typeof aliasesSchema>

/** A version's other files, by name: what a bundle carries on. */
export const versionFiles = {
  record: 'version.json',
  features: 'features.json',
  signature: 'signature.json',
  baseline: 'baseline.json',
  examples: 'examples.json',
  card: 'card.md',
  evaluation: 'evaluation.json',
  /** Held-out rows with their predictions; stays in the catalog. */
  heldOut: 'holdout.parquet',
  modelTopology: 'model/model.json',
  modelWeights: 'model/weights.bin',
  /** Of imported ONNX models only. */
  onnx: 'model/model.onnx',
  /** Of linear and logistic models only. */
  coefficients: 'coefficients.json',
} as const
