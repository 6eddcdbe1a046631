import type { Examples } from '../../shared/bundle/manifest.ts'
import type { GbdtModel } from '../../shared/models/gbdt/tree-model.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { seededRandom } from '../training/seeded-random.ts'

const madeRows = 64
/** Rows beyond it tell nothing that these do not. */
const mostThresholds = 256
const missingShare = 0.1

type Row = Examples['rows'][number]

/** Per column, where the trees split it. */
export function thresholdsOf({ features, trees }: GbdtModel): number[][] {
  const found = Array.from({ length: features }, () => new Set<number>())
  for (const { feature, threshold, left, rightCategories } of trees) {
    for (let node = 0; node < feature.length; node++) {
      const own = found[feature[node]!]!
      if (left[node]! < 0 || own.size >= mostThresholds) continue
      const set = rightCategories.get(node)
      if (set) for (const code of set) own.add(code)
      else own.add(threshold[node]!)
    }
  }
  return found.map((own) => [...own].sort((a, b) => a - b))
}

/**
 * Rows for a model that came without any: values on and just beside the thresholds of its trees, so that replaying
 * them takes both sides of many splits, and some values missing. They say nothing of the data the model learned from.
 */
export function makeRows(signature: Signature, model: GbdtModel): Row[] {
  const random = seededRandom(7)
  const thresholds = thresholdsOf(model)
  return Array.from({ length: madeRows }, () => {
    const row: Row = Object.create(null)
    signature.inputs.forEach((column, c) => {
      const own = thresholds[c] ?? []
      const at = own[Math.floor(random() * own.length)] ?? 0
      const beside = at + (random() - 0.5) * Math.max(1, Math.abs(at)) * 0.2
      const side = random()
      if (side < missingShare) row[column.name] = null
      else if (column.type === 'boolean') row[column.name] = random() < 0.5
      else if (column.type === 'categorical') {
        row[column.name] = column.values?.[Math.floor(random() * column.values.length)] ?? null
      } else if (column.integer) row[column.name] = Math.round(beside)
      else row[column.name] = side < 0.4 ? at : beside
    })
    return row
  })
}
