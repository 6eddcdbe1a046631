/** Which files are not what they were, in one sentence; null where all are. */
export function changedFiles(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string | null {
  const sentences = Object.entries(before)
    .filter(([path, stamp]) => now[path] !== stamp)
    .map(([path]) => (path in now ? `${path} changed` : `${path} was removed`))
  for (const path of Object.keys(now)) if (!(path in before)) sentences.push(`${path} was added`)
  if (sentences.length === 0) return null
  const more = sentences.length > 3 ? ` and ${sentences.length - 3} more files changed` : ''
  return `${sentences.slice(0, 3).join(', ')}${more} after the cell ran.`
}
