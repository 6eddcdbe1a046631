/** HOT LOOP: timestamps into parts and pairs (benchmark: bench/features.ts). */
import { cycles, partOf, type TimestampPart } from '../calendar.ts'
import type { EncoderOf } from '../pipeline.ts'
import type { Place, WriteColumn } from './write-column.ts'

function partWriter({ column, offset, width }: Place, part: TimestampPart, fill: number): WriteColumn {
  return (batch, out) => {
    const values = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      out[at] = partOf(part, Number.isNaN(values[r]!) ? fill : values[r]!)
    }
  }
}

/** Sine and cosine of the part's angle; a part has few values, so both come from a table. */
function pairWriter(
  { column, offset, width }: Place,
  part: TimestampPart,
  cycle: { first: number; length: number },
  fill: number,
): WriteColumn {
  const angles = Array.from({ length: cycle.length }, (_, i) => (2 * Math.PI * i) / cycle.length)
  const sines = Float64Array.from(angles, Math.sin)
  const cosines = Float64Array.from(angles, Math.cos)
  return (batch, out) => {
    const values = batch.columns[column]!
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const place = partOf(part, Number.isNaN(values[r]!) ? fill : values[r]!) - cycle.first
      out[at] = sines[place] ?? Number.NaN
      out[at + 1] = cosines[place] ?? Number.NaN
    }
  }
}

export function timestampWriters(encoder: EncoderOf<'timestamp'>, place: Place): WriteColumn[] {
  const fill = encoder.fill ?? Number.NaN
  let { offset } = place
  return encoder.parts.map((part) => {
    const cycle = encoder.cyclical ? cycles[part] : null
    const at = { ...place, offset }
    offset += cycle === null ? 1 : 2
    return cycle === null ? partWriter(at, part, fill) : pairWriter(at, part, cycle, fill)
  })
}
