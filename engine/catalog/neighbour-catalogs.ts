import { join, resolve } from 'node:path'
import { readProject } from '../workspace/project-file.ts'
import { createRecentList } from '../workspace/recent.ts'
import type { Catalog } from './catalog.ts'
import { createCatalog } from './create-catalog.ts'
import { createPackagingCatalogs } from './packaging-catalogs.ts'

/**
 * The catalogs that this user packaged bundles from, and those of the workspaces opened lately, each once and without
 * `own`: a bundle of theirs may be deployed from anywhere, and then its version must not be deleted there.
 *
 * @param own the folder of the open workspace's catalog
 */
export async function neighbourCatalogs(own: string, stateFolder: string): Promise<Catalog[]> {
  const recent = await createRecentList(stateFolder).list()
  const folders = await Promise.all(
    recent
      .filter(({ exists }) => exists)
      .map(async ({ path }) => {
        // A workspace whose slipway.json cannot be read says so when it is opened.
        const project = await readProject(path).catch(() => null)
        if (project === null) return []
        return [
          project.catalog === undefined ? join(path, '.slipway', 'catalog') : resolve(path, project.catalog),
        ]
      }),
  )
  const packaging = await createPackagingCatalogs(stateFolder).list()
  return [...new Set([...folders.flat(), ...packaging])]
    .filter((folder) => folder !== resolve(own))
    .map((folder) => createCatalog({ folder }))
}
