/** HOT LOOP: scales numbers; one loop per way of scaling, nothing allocated per value (benchmark: bench/features.ts). */
import { normalQuantile } from '../normal-quantile.ts'
import type { EncoderOf } from '../pipeline.ts'
import { clipped } from './clipped.ts'
import type { Place, WriteColumn } from './write-column.ts'

/** scikit-learn keeps this far from the ends of the distribution, whose quantiles are infinite. */
const threshold = 1e-7
const leastNormal = normalQuantile(threshold - 2 ** -52)
const greatestNormal = normalQuantile(1 - (threshold - 2 ** -52))

/** Yeo and Johnson (2000): a power for numbers of either sign. */
export function yeoJohnson(x: number, lambda: number): number {
  if (x >= 0) return Math.abs(lambda) < 2 ** -52 ? Math.log1p(x) : Math.expm1(lambda * Math.log1p(x)) / lambda
  const other = 2 - lambda
  return Math.abs(other) < 2 ** -51 ? -Math.log1p(-x) : -Math.expm1(other * Math.log1p(-x)) / other
}

/** The first place at which `sorted` is at least `x`. */
function lowerBound(sorted: Float64Array, x: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}

/** Where `x` lies in the distribution, 0 to 1; the middle of a run of equal quantiles, as scikit-learn has it. */
function shareBelow(quantiles: Float64Array, x: number): number {
  const last = quantiles.length - 1
  if (x <= quantiles[0]!) return 0
  if (x >= quantiles[last]!) return 1
  const first = lowerBound(quantiles, x)
  if (quantiles[first]! === x) {
    let end = first
    while (end < last && quantiles[end + 1]! === x) end++
    return (first + end) / 2 / last
  }
  const from = quantiles[first - 1]!
  return (first - 1 + (x - from) / (quantiles[first]! - from)) / last
}

function linearWriter(
  { column, offset, width }: Place,
  fill: number,
  center: number,
  factor: number,
): WriteColumn {
  return (batch, out) => {
    const values = batch.columns[column]!
    let at = offset
    for (let r = 0; r < batch.rows; r++) {
      const value = values[r]!
      out[at] = ((Number.isNaN(value) ? fill : value) - center) * factor
      at += width
    }
  }
}

/** For columns that lie closer together than 1, of which a number in range may become an input that is not. */
function stretchingWriter(
  { column, offset, width }: Place,
  fill: number,
  center: number,
  factor: number,
): WriteColumn {
  return (batch, out) => {
    const values = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const value = values[r]!
      out[at] = clipped(((Number.isNaN(value) ? fill : value) - center) * factor)
    }
  }
}

export function numericWriter(encoder: EncoderOf<'numeric'>, place: Place): WriteColumn {
  const { column, offset, width } = place
  const { center, factor, scale } = encoder
  const fill = encoder.fill ?? Number.NaN
  switch (scale) {
    case 'log1p': {
      const { least = 0 } = encoder
      return (batch, out) => {
        const values = batch.columns[column]!
        for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
          const value = Number.isNaN(values[r]!) ? fill : values[r]!
          out[at] = Math.log1p(value <= -1 ? least : value)
        }
      }
    }
    case 'yeoJohnson': {
      const { lambda = 1 } = encoder
      return (batch, out) => {
        const values = batch.columns[column]!
        for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
          const value = Number.isNaN(values[r]!) ? fill : values[r]!
          out[at] = clipped((yeoJohnson(value, lambda) - center) * factor)
        }
      }
    }
    case 'quantile': {
      const quantiles = Float64Array.from(encoder.quantiles ?? [0, 1])
      const normal = encoder.distribution === 'normal'
      return (batch, out) => {
        const values = batch.columns[column]!
        for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
          const value = Number.isNaN(values[r]!) ? fill : values[r]!
          if (Number.isNaN(value)) {
            out[at] = Number.NaN
            continue
          }
          const share = shareBelow(quantiles, value)
          out[at] = !normal
            ? share
            : share < threshold
              ? leastNormal
              : share > 1 - threshold
                ? greatestNormal
                : normalQuantile(share)
        }
      }
    }
    default:
      return factor > 1
        ? stretchingWriter(place, fill, center, factor)
        : linearWriter(place, fill, center, factor)
  }
}

export function booleanWriter({ column, offset, width }: Place, fill: number): WriteColumn {
  return (batch, out) => {
    const values = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      out[at] = Number.isNaN(values[r]!) ? fill : values[r]!
    }
  }
}

/** A missing value that is not filled gets no bin: zeros, or NaN as an index. */
export function binsWriter(encoder: EncoderOf<'bins'>, { column, offset, width }: Place): WriteColumn {
  const inner = Float64Array.from(encoder.edges.slice(1, -1))
  const fill = encoder.fill ?? Number.NaN
  const ordinal = encoder.output === 'ordinal'
  return (batch, out) => {
    const values = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const value = Number.isNaN(values[r]!) ? fill : values[r]!
      if (Number.isNaN(value)) {
        if (ordinal) out[at] = Number.NaN
        continue
      }
      let bin = lowerBound(inner, value)
      // An edge belongs to the bin that it begins.
      if (bin < inner.length && inner[bin]! === value) bin++
      if (ordinal) out[at] = bin
      else out[at + bin] = 1
    }
  }
}

/** 1 where a number, truth value, timestamp or text is missing. */
export function absenceWriter({ column, offset, width }: Place): WriteColumn {
  return (batch, out) => {
    const values = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) if (Number.isNaN(values[r]!)) out[at] = 1
  }
}
