import type { RowChunk } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'

/** A chunk as if a model of regression had predicted the number of each row that `keeps` says is kept. */
export function scoredRows(chunk: RowChunk, keeps: (row: number) => boolean): ScoredChunk {
  const rows = Array.from({ length: chunk.rows }, (_, row) => row)
  const kept = Int32Array.from(rows.filter(keeps))
  const scores = Float64Array.from(kept, (row) => chunk.numbers[row]!)
  return {
    chunk,
    rows: kept.length,
    kept,
    predictions: {
      task: 'regression',
      rows: kept.length,
      outputs: 1,
      scores,
      classIndexes: new Int32Array(kept.length),
    },
    labels: [...scores],
    probabilities: new Float64Array(0),
    refused: rows.filter((row) => !keeps(row)).map((index) => ({ index, reason: 'for the test' })),
  }
}
