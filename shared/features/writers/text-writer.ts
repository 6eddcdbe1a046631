/** HOT LOOP: weighs hashed tokens; only the inputs that a text touches are visited (benchmark: bench/features.ts). */
import type { EncoderOf } from '../pipeline.ts'
import { firstToken, tokenCount } from '../token-places.ts'
import type { Place, WriteColumn } from './write-column.ts'

/** Term frequency times inverse document frequency, at Euclidean length 1: scikit-learn's TfidfTransformer. */
export function textWriter(encoder: EncoderOf<'text'>, { column, offset, width }: Place): WriteColumn {
  const idf = Float64Array.from(encoder.idf)
  const counts = new Float64Array(idf.length)
  return (batch, out) => {
    const places = batch.columns[column]!
    const tokens = batch.tokens ?? new Int32Array(0)
    for (let r = 0, at = offset; r < batch.rows; r++, at += width) {
      const place = places[r]!
      if (Number.isNaN(place)) continue
      const first = firstToken(place)
      const end = first + tokenCount(place)
      for (let t = first; t < end; t++) counts[tokens[t]!] = counts[tokens[t]!]! + 1
      let squares = 0
      for (let t = first; t < end; t++) {
        const input = tokens[t]!
        // Every token of one input adds its part of (count × idf)²: count of them make the whole.
        squares += counts[input]! * idf[input]! * idf[input]!
      }
      const length = Math.sqrt(squares)
      for (let t = first; t < end; t++) {
        const input = tokens[t]!
        if (counts[input] === 0) continue
        out[at + input] = (counts[input]! * idf[input]!) / length
        counts[input] = 0
      }
    }
  }
}
