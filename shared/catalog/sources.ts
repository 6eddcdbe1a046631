import { z } from 'zod'

/** A cell that a version was made by, as it was then. */
export const sourceCellSchema = z.strictObject({
  id: z.string(),
  /** How messages call it: `"features"`, or `sql cell 3` without a name. */
  title: z.string(),
  kind: z.string(),
  /** SHA-256 of its kind, name and code. */
  hash: z.string(),
  /** Cells it reads from. */
  upstream: z.array(z.string()),
  /** Relations it makes. */
  defines: z.array(z.string()),
  /** Paths of `files` it reads. */
  files: z.array(z.string()),
  /** `tables` it reads that no cell makes. */
  tables: z.array(z.string()),
})
export type SourceCell = z.infer<typeof sourceCellSchema>

export const sourceFileSchema = z.strictObject({
  /** Relative to the workspace with `/`; absolute outside of it. */
  path: z.string(),
  bytes: z.number().int(),
  modified: z.string(),
  sha256: z.string(),
})
export type SourceFile = z.infer<typeof sourceFileSchema>

/** A table of the workspace database that no cell of the notebook makes. */
export const sourceTableSchema = z.strictObject({
  relation: z.string(),
  rows: z.number().int(),
  /** Of the contents of all rows, whatever their order. */
  fingerprint: z.string(),
})
export type SourceTable = z.infer<typeof sourceTableSchema>

/** All that a version was made from: the train cell with the cells before it, and what those read. */
export const sourcesSchema = z.strictObject({
  /** In the order they run; the train cell is the last. */
  cells: z.array(sourceCellSchema),
  files: z.array(sourceFileSchema),
  tables: z.array(sourceTableSchema),
})
export type Sources = z.infer<typeof sourcesSchema>
