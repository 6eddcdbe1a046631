import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The folder of `package.json`, whether this runs from `dist/engine` or from the sources. */
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

const root = findRoot()
const packageSchema = z.object({ version: z.string() })

/** Where the parts of an installed Slipway are. */
export const installation = {
  root,
  version: packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version,
  resourcesFolder: join(root, 'resources'),
  rendererFolder: join(root, 'dist/renderer'),
  /** The serving runtime that bundles carry. */
  servingFile: join(root, 'dist/serving/server.mjs'),
  /** The script inside exported reports. */
  reportScript: join(root, 'dist/report/report.js'),
  electronMain: join(root, 'dist/electron/main.mjs'),
} as const
