/** A name as far as an axis has room for it; the whole one is on hover. */
export function shortened(name: string, letters = 24): string {
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`
}
