import { z } from 'zod'

export const cellKinds = ['sql', 'typescript', 'train', 'chart', 'check', 'markdown'] as const
export const cellKindSchema = z.enum(cellKinds)
export type CellKind = z.infer<typeof cellKindSchema>

export const cellSchema = z.strictObject({
  /** nbformat 4.5 cell id: 1 to 64 of [A-Za-z0-9_-], unique in the notebook, never changed. */
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  kind: cellKindSchema,
  /** SQL: the relation it defines. Train: the default model name. Others: a title. Empty when unnamed. */
  name: z.string(),
  source: z.string(),
  /** SQL only. */
  materialize: z.enum(['view', 'table']).optional(),
  disabled: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
  /** Cell metadata of other tools, kept on round trip. */
  foreign: z.record(z.string(), z.unknown()).optional(),
})
export type Cell = z.infer<typeof cellSchema>

export const notebookSchema = z.strictObject({
  cells: z.array(cellSchema),
  /** Notebook metadata of other tools, kept on round trip. */
  foreign: z.record(z.string(), z.unknown()).optional(),
})
export type Notebook = z.infer<typeof notebookSchema>
