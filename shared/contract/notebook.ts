import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { cellStateSchema, outputSchema } from '../notebook/cell-state.ts'
import { cellKindSchema, cellSchema } from '../notebook/notebook.ts'
import { nothing, procedure } from './base.ts'

const path = z.string().min(1)

/** One step of the undoable history; a batch is applied whole or not at all. */
export const editSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('insert'), index: z.number().int().min(0), cell: cellSchema }),
  z.strictObject({ type: z.literal('delete'), id: z.string() }),
  z.strictObject({ type: z.literal('move'), id: z.string(), index: z.number().int().min(0) }),
  z.strictObject({
    type: z.literal('update'),
    id: z.string(),
    source: z.string().optional(),
    name: z.string().optional(),
    kind: cellKindSchema.optional(),
    materialize: z.enum(['view', 'table']).optional(),
    disabled: z.boolean().optional(),
  }),
])
export type Edit = z.infer<typeof editSchema>

export const cellViewSchema = z.strictObject({
  cell: cellSchema,
  state: cellStateSchema,
  outputs: z.array(outputSchema),
  /** Ids of the cells that this one reads from. */
  upstream: z.array(z.string()),
})
export type CellView = z.infer<typeof cellViewSchema>

export const notebookViewSchema = z.strictObject({
  path: z.string(),
  /** Grows with every edit; an edit against an older one is a `conflict` failure. */
  revision: z.number().int(),
  cells: z.array(cellViewSchema),
  running: z.boolean(),
})
export type NotebookView = z.infer<typeof notebookViewSchema>

export const notebookEventSchema = z.discriminatedUnion('type', [
  /** The first event of every subscription, and whenever cells were added, moved, removed or edited. */
  z.strictObject({ type: z.literal('document'), view: notebookViewSchema }),
  z.strictObject({ type: z.literal('state'), id: z.string(), state: cellStateSchema }),
  /** Replaces all outputs of a cell. */
  z.strictObject({ type: z.literal('outputs'), id: z.string(), outputs: z.array(outputSchema) }),
  z.strictObject({ type: z.literal('running'), running: z.boolean() }),
])
export type NotebookEvent = z.infer<typeof notebookEventSchema>

export const notebookContract = {
  open: procedure.input(z.strictObject({ path })).output(notebookViewSchema),
  events: procedure.input(z.strictObject({ path })).output(eventIterator(notebookEventSchema)),
  edit: procedure
    .input(z.strictObject({ path, revision: z.number().int(), edits: z.array(editSchema).min(1) }))
    .output(z.strictObject({ revision: z.number().int() })),
  /** Queues cells and answers at once; progress comes by `events`. Running one cell first runs what it needs. */
  run: procedure
    .input(
      z.strictObject({
        path,
        what: z.discriminatedUnion('type', [
          z.strictObject({ type: z.literal('cell'), id: z.string() }),
          z.strictObject({ type: z.literal('stale') }),
          z.strictObject({ type: z.literal('all') }),
        ]),
      }),
    )
    .output(nothing),
  /** Stops what runs and empties the queue; answers when it has stopped. */
  interrupt: procedure.input(z.strictObject({ path })).output(nothing),
  clearOutputs: procedure.input(z.strictObject({ path })).output(nothing),
}
