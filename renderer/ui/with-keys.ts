/**
 * Gives the parts of a list that is always made anew as a whole a key by their place:
 * there place is all the identity they have.
 */
export function withKeys<T>(parts: readonly T[]): readonly { readonly key: string; readonly part: T }[] {
  return parts.map((part, index) => ({ key: String(index), part }))
}
