/** A text of a batch is one number that says where its tokens lie in `batch.tokens`: start × 2²⁰ + count. */
const span = 2 ** 20

/** Tokens of one text beyond this many are left out. */
export const mostTokens = span - 1

export function tokenPlace(start: number, count: number): number {
  return start * span + count
}

export function firstToken(place: number): number {
  return Math.floor(place / span)
}

export function tokenCount(place: number): number {
  return place % span
}
