import type { ColumnLayout } from './baseline.ts'
import { slotCount, specialSlots } from './count-slots.ts'

/** Which slots of a layout hold what; see `ColumnLayout` for the order. */
export interface SlotRoles {
  count: number
  missing: number
  /** Numbers: below, above and ±∞. Categories: unseen. */
  outside: readonly number[]
}

export function slotRoles(layout: ColumnLayout): SlotRoles {
  const slots = specialSlots(layout)
  const outside = slots.kind === 'numeric' ? [slots.below, slots.above, slots.infinite] : [slots.unseen]
  return { count: slotCount(layout), missing: slots.missing, outside }
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** A label per slot, such as `< 0`, `0 – 12.5`, `> 72`, `missing`, `±∞`. */
export function slotLabels(layout: ColumnLayout): string[] {
  if (layout.kind === 'categorical') return [...layout.categories, 'other', 'unseen', 'missing']
  const edges = layout.edges.map(shortNumber)
  const bins = edges.slice(1).map((right, i) => {
    const left = edges[i]!
    // A bin of one value, such as the 1 of a column of 0 and 1.
    return layout.edges[i] === layout.edges[i + 1] ? left : `${left} – ${right}`
  })
  return [`< ${edges[0]}`, ...bins, `> ${edges.at(-1)}`, 'missing', '±∞']
}
