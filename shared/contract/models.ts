import { z } from 'zod'
import { catalogEventSchema, metadataChangesSchema } from '../catalog/catalog-event.ts'
import { customFieldSchema } from '../catalog/custom-metadata.ts'
import { versionDiffSchema } from '../catalog/diff-versions.ts'
import { introspectionTestSchema } from '../catalog/introspection.ts'
import { lineageGraphSchema } from '../catalog/lineage-graph.ts'
import { ociDescriptionSchema } from '../catalog/oci-description.ts'
import { useCaseTypes } from '../catalog/use-case-types.ts'
import { modelVersionSchema, versionFileSchema } from '../catalog/version.ts'
import { namedValues } from '../decoding/named-values.ts'
import { baselineSchema } from '../drift/baseline.ts'
import { metricsSchema } from '../metrics/metrics.ts'
import { coefficientsSchema } from '../models/coefficients.ts'
import { taskSchema } from '../signature/signature.ts'
import { nothing, procedure } from './base.ts'
import { uploadChunkSchema } from './upload-chunk.ts'

export const modelSummarySchema = z.strictObject({
  name: z.string(),
  version: z.number().int(),
  /** Empty where nobody gave one. */
  displayName: z.string(),
  task: taskSchema,
  kind: z.string(),
  useCaseType: z.enum(useCaseTypes),
  framework: z.string(),
  algorithm: z.string(),
  author: z.string(),
  created: z.string(),
  aliases: z.array(z.string()),
  tags: z.array(z.string()),
  target: z.string(),
  /** Names of the input columns. */
  columns: z.array(z.string()),
  metrics: metricsSchema,
  /** Null when nothing is known to have changed since training; else what did, naming the file, table or cell. */
  stale: z.string().nullable(),
  /** Why it cannot be told here whether it is stale, such as that it was made in another workspace; null where it can. */
  staleUnknown: z.string().nullable(),
})
export type ModelSummary = z.infer<typeof modelSummarySchema>

/** What cannot be read; the others are listed without it. */
export const damagedModelSchema = z.strictObject({
  name: z.string(),
  /** Null where it is the history of the model, and so all of its versions. */
  version: z.number().int().nullable(),
  problem: z.string(),
  whatToDo: z.string(),
})
export type DamagedModel = z.infer<typeof damagedModelSchema>

export const versionRef = z.strictObject({ name: z.string(), version: z.number().int().min(1) })
export type VersionRef = z.infer<typeof versionRef>

export const versionComparisonSchema = z.strictObject({
  before: versionRef,
  after: versionRef,
  diff: versionDiffSchema,
})
export type VersionComparison = z.infer<typeof versionComparisonSchema>

export const modelDetailSchema = z.strictObject({
  record: modelVersionSchema,
  aliases: z.array(z.string()),
  stale: z.string().nullable(),
  staleUnknown: z.string().nullable(),
  /** As edited, else as training wrote it. */
  card: z.string(),
  /** Of a linear or logistic model; null for any other. */
  coefficients: coefficientsSchema.nullable(),
  cardEdited: z.boolean(),
  tags: z.array(z.string()),
  /** What somebody wrote; `oci.customMetadata` has what follows from the record as well. */
  customMetadata: z.array(customFieldSchema),
  /** Results of the last introspection; empty before the first. */
  tests: z.array(introspectionTestSchema),
  testedAt: z.string().nullable(),
  /** The version under the names of OCI's model catalog. */
  oci: ociDescriptionSchema,
  /** Absolute. */
  folder: z.string(),
  /** What happened to the version since it was registered, oldest first. */
  history: z.array(catalogEventSchema),
  baseline: baselineSchema,
  /** A recorded held-out row, for request forms and snippets. */
  example: namedValues(z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** `problem` says what is wrong with a file; null where it is as it was registered. */
  artifacts: z.array(versionFileSchema.extend({ problem: z.string().nullable() })),
})
export type ModelDetail = z.infer<typeof modelDetailSchema>

/** Why somebody changed something, in their words; kept in the history. */
export const why = z.string().max(1000, 'is longer than 1,000 characters').optional()

export const modelsContract = {
  /** Newest version first within a model, models by name. */
  list: procedure.input(nothing).output(z.array(modelSummarySchema)),
  /** What is missing in the list as it cannot be read. */
  damaged: procedure.input(nothing).output(z.array(damagedModelSchema)),
  get: procedure.input(versionRef).output(modelDetailSchema),
  /** Puts a model from Python into the catalog: an XGBoost model in JSON, or one in ONNX. */
  import: procedure
    .input(
      z.strictObject({
        /** Of the model file, in the workspace. */
        path: z.string(),
        name: z.string(),
        /** A relation with rows like those the model was trained on. */
        data: z.string().optional(),
        target: z.string().optional(),
        /** In the order of the model's outputs, separated by commas. */
        classes: z.string().optional(),
        /** Names of the model's columns in its order, where its file has none. */
        columns: z.array(z.string()).min(1).optional(),
      }),
    )
    .output(versionRef),
  /**
   * Writes one chunk of a model file into the workspace, as `data.upload` does for data; `path` is relative to it and
   * comes with the last chunk.
   */
  upload: procedure
    .input(uploadChunkSchema)
    .output(z.strictObject({ received: z.number(), path: z.string().nullable() })),
  /** Points the alias at a version, or removes it (`version: null`); who and when are recorded with `why`. */
  setAlias: procedure
    .input(
      z.strictObject({
        name: z.string(),
        alias: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
        version: z.number().int().nullable(),
        why,
      }),
    )
    .output(nothing),
  /** Changes what may change about a version: names, tags, card, custom metadata. */
  edit: procedure.input(versionRef.extend({ changes: metadataChangesSchema, why })).output(nothing),
  lineage: procedure.input(versionRef).output(lineageGraphSchema),
  diff: procedure
    .input(z.strictObject({ before: versionRef, after: versionRef }))
    .output(versionComparisonSchema),
  /** Runs the version's tests and records the results; `bundle` also packages and boots it. */
  introspect: procedure
    .input(versionRef.extend({ bundle: z.boolean() }))
    .output(z.array(introspectionTestSchema)),
  history: procedure.input(z.strictObject({ name: z.string() })).output(z.array(catalogEventSchema)),
  /** Refused while deployed or aliased. The number is not given again. */
  remove: procedure.input(versionRef.extend({ why })).output(nothing),
  /** Shows the version's folder in the system's file manager, where there is one. */
  reveal: procedure.input(versionRef).output(nothing),
}
