/** `max_depth`, `MaxDepth` and `maxDepth` are one word written three ways, and so is a plural. */
const plain = (word: string): string => word.toLowerCase().replace(/[\s_-]|s$/g, '')

/**
 * Letters to add, drop, change or swap with their neighbour to get from one word to the other: the optimal string
 * alignment distance.
 */
function editsBetween(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(changed, row[j]! + 1, next[j - 1]! + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) next[j] = Math.min(next[j]!, before[j - 2]! + 1)
    }
    before = row
    row = next
  }
  return row[b.length]!
}

/** Longer ones are not slips of the finger. */
const longestWord = 60

/** The word that was likely meant: a third of it may be wrong, or its end left out or added. Null where none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const meant = plain(word)
  if (meant === '' || meant.length > longestWord) return null
  let best: string | null = null
  let fewest = Number.POSITIVE_INFINITY
  for (const one of known) {
    const other = plain(one)
    const [short, long] = other.length < meant.length ? [other, meant] : [meant, other]
    const isStart = short.length >= 3 && long.startsWith(short)
    const edits = isStart && short !== long ? 1 : editsBetween(meant, other)
    const near = isStart || edits <= Math.floor(long.length / 3)
    if (near && edits < fewest) [best, fewest] = [one, edits]
  }
  return best
}
