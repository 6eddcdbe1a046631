import { stat } from 'node:fs/promises'

/**
 * Tells when one of a few files was written again, appeared or went. Looks at them from time to time: file system
 * events are not sent by network folders, and data files may lie anywhere.
 */
export function watchSources(
  paths: () => readonly string[],
  onChange: () => void | Promise<void>,
  everyMs = 2_000,
): () => void {
  const known = new Map<string, string>()
  let looking = false
  const timer = setInterval(async () => {
    if (looking) return
    looking = true
    let changed = false
    try {
      for (const path of paths()) {
        const found = await stat(path).catch(() => null)
        const stamp = found ? `${found.size} ${found.mtimeMs}` : 'missing'
        const before = known.get(path)
        known.set(path, stamp)
        if (before !== undefined && before !== stamp) changed = true
      }
      if (changed) await onChange()
    } finally {
      looking = false
    }
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
