import type { Batch } from '../../shared/features/batch.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Transforms } from '../transforms/create-transforms.ts'
import type { Outcomes } from './outcomes.ts'
import { shuffledBatches } from './shuffled.ts'

const bits = (column: Batch['columns'][number], row: number): string =>
  Object.is(column[row], -0) ? '-0' : String(column[row])

/** The rows of some batches, each by its place in the recorded ones. */
async function applied(
  model: LoadedModel,
  transforms: Transforms,
  batches: readonly (readonly number[])[],
): Promise<string[]> {
  const found: string[] = []
  for (const batch of batches) {
    const records = batch.map((row) => model.examples.rows[row])
    const made = await transforms.apply({ kind: 'records', rows: records.length, records })
    for (const [at, row] of batch.entries())
      found[row] = made.columns.map((column) => bits(column, at)).join(' ')
  }
  return found
}

/**
 * What the SQL makes of each recorded row alone, among others in shuffled batches, in calls that overlap, and among all
 * is the same to the last bit; and the time that it takes.
 */
export async function replayTransforms(model: LoadedModel, transforms: Transforms): Promise<Outcomes> {
  const order = model.examples.rows.map((_, row) => row)
  const whole = await applied(model, transforms, [order])
  const alone = order.map((row) => [row])
  const begun = performance.now()
  const single = await applied(model, transforms, alone)
  const ms = (performance.now() - begun) / order.length
  const batched = await applied(model, transforms, shuffledBatches(order.length))
  const overlapping = await Promise.all(alone.map((batch) => applied(model, transforms, [batch])))
  const different = order.filter(
    (row) => new Set([whole[row], single[row], batched[row], overlapping[row]?.[row]]).size > 1,
  ).length
  const how = 'one by one, in shuffled batches, all at once and in overlapping calls'
  if (different > 0) return { passed: false, detail: `${different} of ${order.length} rows differ ${how}` }
  return {
    passed: true,
    detail: `${order.length} rows the same to the bit ${how}; ${ms.toFixed(1)} ms for one row`,
  }
}
