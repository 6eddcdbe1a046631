import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** No packaging takes this long: what is older was left by a process that was killed. */
const abandonedMs = 3_600_000

/** Where a bundle is written before it is moved to its place. */
export function temporaryPlace(out: string, id: string): string {
  return join(dirname(out), `.${basename(out)}.${id}`)
}

/** Removes what packagings of the same bundle left half-written when they were killed. */
export async function sweepAbandoned(out: string, now: () => number = Date.now): Promise<void> {
  const parent = dirname(out)
  const head = `.${basename(out)}.`
  for (const entry of await readdir(parent).catch(() => [])) {
    if (!entry.startsWith(head) || !/^[0-9a-f]{8}$/.test(entry.slice(head.length))) continue
    const path = join(parent, entry)
    const found = await stat(path).catch(() => null)
    if (found?.isDirectory() && now() - found.mtimeMs > abandonedMs)
      await rm(path, { recursive: true, force: true })
  }
}
