import { z } from 'zod'
import { nothing, procedure } from './base.ts'
import { uploadChunkSchema } from './upload-chunk.ts'

export const relationSchema = z.strictObject({
  /** As written in SQL: `name`, or `schema.name` outside `main`. */
  name: z.string(),
  kind: z.enum(['table', 'view']),
  /** Null when the view cannot be counted; `problem` then says why. */
  rows: z.number().nullable(),
  problem: z.string(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
})
export type Relation = z.infer<typeof relationSchema>

export const sortSchema = z.strictObject({ column: z.string(), descending: z.boolean() })

export const columnProfileSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  kind: z.enum(['numeric', 'categorical', 'temporal', 'other']),
  missing: z.number(),
  distinct: z.number(),
  /** Numeric and temporal: 20 equal bins between min and max, as counts. Categorical: the most frequent values. */
  histogram: z.array(z.strictObject({ label: z.string(), count: z.number() })),
  min: z.union([z.number(), z.string()]).nullable(),
  max: z.union([z.number(), z.string()]).nullable(),
  mean: z.number().nullable(),
  sd: z.number().nullable(),
})
export type ColumnProfile = z.infer<typeof columnProfileSchema>

export const dataContract = {
  relations: procedure.input(nothing).output(z.array(relationSchema)),
  /** One window of rows; JSON-safe cells: BIGINT beyond 2^53, DECIMAL, dates and nested values come as text. */
  window: procedure
    .input(
      z.strictObject({
        relation: z.string(),
        offset: z.number().int().min(0),
        limit: z.number().int().min(1).max(1000),
        sort: z.array(sortSchema).optional(),
      }),
    )
    .output(
      z.strictObject({
        columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
        rows: z.array(z.array(z.unknown())),
        /** Rows of the whole relation. */
        total: z.number(),
      }),
    ),
  profile: procedure
    .input(z.strictObject({ relation: z.string(), columns: z.array(z.string()).max(50) }))
    .output(z.array(columnProfileSchema)),
  /** CSV, Parquet, JSON or NDJSON at a path (absolute, or relative to the workspace) becomes a table. */
  importPath: procedure
    .input(z.strictObject({ path: z.string().min(1), relation: z.string().optional() }))
    .output(relationSchema),
  /** The first rows of a data file where it lies, as cells of a window; nothing is imported. */
  preview: procedure
    .input(z.strictObject({ path: z.string().min(1), limit: z.number().int().min(1).max(1000) }))
    .output(
      z.strictObject({
        columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
        rows: z.array(z.array(z.unknown())),
        /** The file has more rows than these. */
        more: z.boolean(),
        bytes: z.number(),
        modified: z.string(),
      }),
    ),
  /**
   * Writes one chunk of an uploaded file; the last one imports it.
   * Chunks come in order, `offset` bytes into the file, 8 MiB at most.
   */
  upload: procedure
    .input(uploadChunkSchema)
    .output(z.strictObject({ received: z.number(), relation: relationSchema.nullable() })),
  drop: procedure.input(z.strictObject({ relation: z.string() })).output(nothing),
}
