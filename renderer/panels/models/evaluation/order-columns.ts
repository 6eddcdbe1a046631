/** Columns as they are first looked at: by importance, then those that none is known of, in their order. */
export function orderColumns(
  columns: readonly string[],
  byImportance: readonly { readonly column: string }[],
): string[] {
  const places = new Map(byImportance.map(({ column }, place) => [column, place]))
  const placeOf = (column: string) => places.get(column) ?? places.size
  return columns.toSorted((a, b) => placeOf(a) - placeOf(b))
}
