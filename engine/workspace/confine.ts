import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { Failure } from '../../shared/failure.ts'

/** The real path, also of something that does not exist yet: then its nearest existing parent is resolved. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realOf(parent), basename(path))
  }
}

/**
 * The absolute path of a workspace file, refusing every way out: `..`, absolute paths elsewhere, symbolic links.
 *
 * @param path relative to the workspace with `/`, or absolute inside it
 */
export async function confine(workspace: string, path: string): Promise<string> {
  const root = await realOf(workspace)
  const absolute = isAbsolute(path) ? path : resolve(root, path)
  const real = await realOf(absolute)
  if (path.includes('\0') || (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))) {
    throw new Failure(
      'invalid-input',
      `${path} is outside the workspace ${workspace}.`,
      'Choose a path inside the workspace, or open the folder that holds it.',
    )
  }
  return real
}

/** Relative to the workspace, with `/` on every system. */
export function relativeTo(workspace: string, absolute: string): string {
  const root = workspace.endsWith(sep) ? workspace : workspace + sep
  return absolute.startsWith(root) ? absolute.slice(root.length).replaceAll(sep, '/') : absolute
}
