import type { SignatureColumn } from '../../shared/signature/signature.ts'

/** Every odd value of a column takes a request with a whole row: so many values of rows are sent at most for each. */
const mostValues = 100_000
const fewest = 32

/**
 * The columns whose odd values are tried: all of them, unless there are hundreds. Then the same number of each type,
 * those with constraints of their own first, evenly over the table; the others go through the same code.
 */
export function probedColumns(inputs: readonly SignatureColumn[]): readonly SignatureColumn[] {
  const most = Math.max(fewest, Math.floor(mostValues / Math.max(inputs.length, 1)))
  if (inputs.length <= most) return inputs
  const types = Map.groupBy(inputs, ({ type }) => type)
  const each = Math.ceil(most / types.size)
  const chosen = new Set<SignatureColumn>()
  for (const columns of types.values()) {
    const constrained = columns.filter(({ constraints }) => constraints).slice(0, each)
    for (const column of constrained) chosen.add(column)
    const others = columns.filter((column) => !chosen.has(column))
    const room = Math.min(each - constrained.length, others.length)
    for (let i = 0; i < room; i++) chosen.add(others[Math.floor((i * others.length) / room)]!)
  }
  return inputs.filter((column) => chosen.has(column))
}

/** Says so where not all columns were tried. */
export function probedText(inputs: readonly SignatureColumn[]): string {
  const tried = probedColumns(inputs).length
  if (tried === inputs.length) return ''
  return ` in ${tried.toLocaleString('en')} of ${inputs.length.toLocaleString('en')} columns, of every type`
}
