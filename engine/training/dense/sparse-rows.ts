/**
 * HOT LOOP: the rows that solvers of linear and logistic models go over, once per iteration (benchmark: bench/mlp.ts).
 * Sparse, because most of a one-hot row is zero; float64, because standard errors see what float32 rounds away.
 */
import type { Batch } from '../../../shared/features/batch.ts'
import { sliceRows } from '../../../shared/features/batch-buffers.ts'
import { compilePipeline } from '../../../shared/features/compile-pipeline.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'

/** Rows `first … first + rows`: the entries of row r are `starts[r] … starts[r + 1]`, inputs ascending. */
export interface RowBlock {
  readonly first: number
  readonly rows: number
  readonly starts: Int32Array
  readonly inputs: Int32Array
  readonly values: Float64Array
}

export interface SparseRows {
  readonly rows: number
  readonly width: number
  visit(see: (block: RowBlock) => void): void
}

/** Solvers see `(input − shift) / scale`; mean and spread are those of what they see. */
export interface Standard {
  /** The mean of an input that is mostly not zero; else 0, so that zeros stay zeros. */
  readonly shift: Float64Array
  /** Standard deviation; 1 where there is none. */
  readonly scale: Float64Array
  /** Weighted mean of `(input − shift) / scale`. */
  readonly mean: Float64Array
  /** Share of the rows where the input is not zero. */
  readonly present: Float64Array
}

/** Values of a block that is made dense first: 16 MB. */
const denseValues = 2_000_000
/** Rows up to this size stay in memory between passes, 12 bytes per entry; beyond it they are made anew. */
const residentBytes = 1024 * 1024 * 1024

function eachDenseBlock(
  pipeline: Pipeline,
  part: Batch,
  see: (dense: Float64Array, first: number, rows: number) => void,
) {
  const { width } = pipeline
  const compiled = compilePipeline(pipeline)
  const step = Math.min(Math.max(Math.floor(denseValues / width), 16), Math.max(part.rows, 1))
  const dense = new Float64Array(step * width)
  for (let first = 0; first < part.rows; first += step) {
    const rows = Math.min(step, part.rows - first)
    compiled.transform(sliceRows(part, first, first + rows), dense)
    see(dense, first, rows)
  }
}

/** Two passes, so that a column far from zero loses no digits. Rows of weight zero count for nothing. */
export function fitStandard(pipeline: Pipeline, part: Batch, weights: Float64Array | null): Standard {
  const { width } = pipeline
  const shift = new Float64Array(width)
  const scale = new Float64Array(width)
  const mean = new Float64Array(width)
  const present = new Float64Array(width)
  let total = 0
  eachDenseBlock(pipeline, part, (dense, first, rows) => {
    for (let r = 0, at = 0; r < rows; r++) {
      const weight = weights ? weights[first + r]! : 1
      total += weight
      for (let i = 0; i < width; i++, at++) {
        const value = dense[at]!
        if (value === 0) continue
        mean[i] = mean[i]! + weight * value
        present[i] = present[i]! + 1 / part.rows
      }
    }
  })
  for (let i = 0; i < width; i++) mean[i] = mean[i]! / total
  eachDenseBlock(pipeline, part, (dense, first, rows) => {
    for (let r = 0, at = 0; r < rows; r++) {
      const weight = weights ? weights[first + r]! : 1
      for (let i = 0; i < width; i++, at++) {
        const error = dense[at]! - mean[i]!
        scale[i] = scale[i]! + weight * error * error
      }
    }
  })
  for (let i = 0; i < width; i++) {
    const deviation = Math.sqrt(scale[i]! / total)
    scale[i] = deviation > 1e-9 * Math.max(1, Math.abs(mean[i]!)) ? deviation : 1
    if (present[i]! > 0.5) shift[i] = mean[i]!
    mean[i] = (mean[i]! - shift[i]!) / scale[i]!
  }
  return { shift, scale, mean, present }
}

function sparseBlock(
  dense: Float64Array,
  first: number,
  rows: number,
  width: number,
  standard: Standard,
): RowBlock {
  const { shift, scale } = standard
  const starts = new Int32Array(rows + 1)
  let count = 0
  for (let r = 0, at = 0; r < rows; r++) {
    for (let i = 0; i < width; i++, at++) if (dense[at]! !== shift[i]!) count++
    starts[r + 1] = count
  }
  const inputs = new Int32Array(count)
  const values = new Float64Array(count)
  for (let r = 0, at = 0, entry = 0; r < rows; r++) {
    for (let i = 0; i < width; i++, at++) {
      const value = dense[at]! - shift[i]!
      if (value === 0) continue
      inputs[entry] = i
      values[entry++] = value / scale[i]!
    }
  }
  return { first, rows, starts, inputs, values }
}

export function openSparseRows(pipeline: Pipeline, part: Batch, standard: Standard): SparseRows {
  const { width } = pipeline
  const entries = standard.present.reduce((sum, share, i) => sum + (standard.shift[i] === 0 ? share : 1), 0)
  const resident = part.rows * entries * 12 <= residentBytes
  let kept: RowBlock[] | null = null
  return {
    rows: part.rows,
    width,
    visit(see) {
      if (kept) {
        for (const block of kept) see(block)
        return
      }
      const made: RowBlock[] = []
      eachDenseBlock(pipeline, part, (dense, first, rows) => {
        const block = sparseBlock(dense, first, rows, width, standard)
        if (resident) made.push(block)
        see(block)
      })
      if (resident) kept = made
    },
  }
}
