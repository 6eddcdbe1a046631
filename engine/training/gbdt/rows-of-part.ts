import { allocateColumns, gatherRows, sliceRows } from '../../../shared/features/batch-buffers.ts'
import type { CompiledPipeline } from '../../../shared/features/compile-pipeline.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import { countedRows } from '../row-weights.ts'
import type { Part } from '../trainer-messages.ts'
import type { GbdtRows } from './gbdt-parameters.ts'

/**
 * A part's rows as trees take them. Rows that weigh nothing are left out: they would still have a say in where bins
 * are cut, in what is drawn and in the order in which sums are taken. The part itself is not copied.
 */
export function rowsOfPart(part: Part, pipeline: Pipeline, compiled: CompiledPipeline): GbdtRows {
  const { rows, target, weights } = part
  const { width } = pipeline
  if (!weights?.some((weight) => !(weight > 0))) {
    const read = (from: number, to: number) => compiled.inputs(sliceRows(part, from, to))
    return { rows, width, target, weights, read }
  }
  const counted = countedRows(part)
  let space = allocateColumns(pipeline, 0)
  let room = 0
  return {
    rows: counted.length,
    width,
    target: Float32Array.from(counted, (row) => target[row]!),
    weights: Float32Array.from(counted, (row) => weights[row]!),
    read(from, to) {
      if (to - from > room) {
        room = to - from
        space = allocateColumns(pipeline, room)
      }
      return compiled.inputs(gatherRows(part, counted, from, to, space))
    },
  }
}
