import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { nothing, procedure } from './base.ts'

export const sampleSchema = z.enum(['churn', 'diamonds'])
export type Sample = z.infer<typeof sampleSchema>

export const workspaceInfoSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  databaseBytes: z.number(),
})
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>

export const fileEntrySchema = z.strictObject({
  /** Relative to the workspace, with `/`. */
  path: z.string(),
  kind: z.enum(['folder', 'notebook', 'data', 'other']),
  bytes: z.number(),
  modified: z.string(),
})
export type FileEntry = z.infer<typeof fileEntrySchema>

/** Areas of the workspace whose lists the window shows. */
export const changedAreaSchema = z.enum([
  'workspace',
  'files',
  'relations',
  'models',
  'bundles',
  'deployments',
  'monitoring',
])
export type ChangedArea = z.infer<typeof changedAreaSchema>

export const workspaceContract = {
  recent: procedure
    .input(nothing)
    .output(
      z.array(
        z.strictObject({ path: z.string(), name: z.string(), opened: z.string(), exists: z.boolean() }),
      ),
    ),
  /** The open workspace, or null: the window then shows the start page. */
  current: procedure.input(nothing).output(workspaceInfoSchema.nullable()),
  /** Opening runs nothing. The workspace that was open is closed first. */
  open: procedure.input(z.strictObject({ path: z.string().min(1) })).output(workspaceInfoSchema),
  create: procedure
    .input(z.strictObject({ path: z.string().min(1), sample: sampleSchema.optional() }))
    .output(workspaceInfoSchema),
  /** Folders below a folder, for choosing a workspace where there is no native dialog. Default: home. */
  browse: procedure.input(z.strictObject({ path: z.string().optional() })).output(
    z.strictObject({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.strictObject({ name: z.string(), path: z.string(), workspace: z.boolean() })),
    }),
  ),
  files: procedure.input(nothing).output(z.array(fileEntrySchema)),
  createNotebook: procedure.input(z.strictObject({ path: z.string().min(1) })).output(fileEntrySchema),
  renameFile: procedure
    .input(z.strictObject({ from: z.string().min(1), to: z.string().min(1) }))
    .output(fileEntrySchema),
  /** The window's layout as the renderer keeps it; null before the first save. */
  layout: procedure.input(nothing).output(z.unknown()),
  saveLayout: procedure.input(z.strictObject({ layout: z.unknown() })).output(nothing),
  /** What changed, so that lists are read again: after imports, runs, registrations, deployments. */
  changes: procedure.input(nothing).output(eventIterator(z.strictObject({ area: changedAreaSchema }))),
}
