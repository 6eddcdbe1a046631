import { isNumeric } from '../../../ui/numeric-type.ts'

/** A first chart of a relation: the spread of its first numeric column, else counts of its first. */
export function chartSourceFor(
  relation: string,
  columns: readonly { readonly name: string; readonly type: string }[],
): string {
  const numeric = columns.find((column) => isNumeric(column.type))
  const spec = numeric
    ? { from: relation, type: 'histogram', x: numeric.name }
    : { from: relation, type: 'bar', x: columns[0]?.name ?? '', aggregate: 'count' }
  return JSON.stringify(spec, null, 2)
}
