import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The workspace that a path means: the folder itself, or for a file the nearest parent with `slipway.json`. */
export function workspaceOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return null
  if (stat.isDirectory()) return path
  const folder = dirname(path)
  for (let parent = folder; ; parent = dirname(parent)) {
    if (existsSync(join(parent, 'slipway.json'))) return parent
    if (dirname(parent) === parent) return folder
  }
}

/**
 * The workspace named on a command line; null for none.
 *
 * @param packaged a packaged app has no script among its arguments
 */
export function workspaceArgument(
  argv: readonly string[],
  packaged: boolean,
  workingFolder: string,
): string | null {
  const words = argv.slice(packaged ? 1 : 2).filter((word) => !word.startsWith('-'))
  for (const word of words) {
    const workspace = workspaceOf(resolve(workingFolder, word))
    if (workspace !== null) return workspace
  }
  return null
}
