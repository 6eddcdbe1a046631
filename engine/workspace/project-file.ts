import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'

export const projectFileName = 'slipway.json'

/** `slipway.json`; `{}` is enough. */
export const projectSchema = z.strictObject({
  /** Shown instead of the folder's name. */
  name: z.string().min(1).optional(),
  /** The folder of the catalog, relative to the workspace or absolute: several workspaces may share one. */
  catalog: z.string().min(1).optional(),
})
export type Project = z.infer<typeof projectSchema>

/** Reads `slipway.json`; a folder without one is a workspace with all defaults. */
export async function readProject(folder: string): Promise<Project> {
  const path = join(folder, projectFileName)
  if (!existsSync(path)) return {}
  return decodeJson(projectSchema, await readFile(path, 'utf8'), path)
}

/**
 * The workspace of a notebook: the nearest parent folder holding `slipway.json`, else the notebook's own folder.
 *
 * @throws Failure `not-found` when the notebook does not exist
 */
export async function findWorkspace(notebookPath: string): Promise<string> {
  const notebook = resolve(notebookPath)
  const found = await stat(notebook).catch(() => null)
  if (!found?.isFile()) {
    throw new Failure(
      'not-found',
      `There is no notebook ${notebookPath}.`,
      'Check the path; notebooks end in .ipynb.',
    )
  }
  const own = dirname(notebook)
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, projectFileName))) return folder
    if (dirname(folder) === folder) return own
  }
}
