/** HOT LOOP: counts every served row into the open window (benchmark: bench/serving.ts). */
import type { Batch } from '../features/batch.ts'
import { dictionaryOf } from '../features/dictionary.ts'
import type { Pipeline } from '../features/pipeline.ts'
import { tokenCount } from '../features/token-places.ts'
import type { Predictions } from '../models/predictor.ts'
import type { Label } from '../signature/signature.ts'
import type { ColumnCounts, ColumnLayout } from './baseline.ts'
import { type ColumnCounter, createColumnCounter } from './column-counter.ts'

export { emptyCounts, mergeCounts } from './count-slots.ts'

/** What a baseline and the windows of its deployments are counted by. */
export interface Layouts {
  /** In the order of the pipeline's columns. */
  readonly features: readonly ColumnLayout[]
  /** Classification: `prediction`, `score`. Regression: `prediction`. */
  readonly outputs: readonly ColumnLayout[]
}

/** Counts rows and predictions; an instance is one window, or one baseline. */
export interface Counter {
  addFeatures(batch: Batch): void
  addOutputs(predictions: Predictions): void
  /** The counts so far, in the order of the layouts. */
  counts(): { features: ColumnCounts[]; outputs: ColumnCounts[] }
  /** Begins anew from zero. */
  reset(): void
}

/** A text is counted by its number of words. */
function wordCounter(counter: ColumnCounter): ColumnCounter {
  let words = new Float64Array(1)
  return {
    ...counter,
    add(places, start, step, rows) {
      if (words.length < rows) words = new Float64Array(rows)
      for (let r = 0, at = start; r < rows; r++, at += step) words[r] = tokenCount(places[at]!)
      counter.add(words, 0, 1, rows)
    },
  }
}

const truth = ['false', 'true']

/**
 * Compiles a counter for one model.
 *
 * @param classes the signature's classes; empty for regression
 */
export function compileCounter(parts: {
  layouts: Layouts
  pipeline: Pipeline
  classes: readonly Label[]
}): Counter {
  const { layouts, pipeline, classes } = parts
  const features = layouts.features.map((layout, c) => {
    const encoder = pipeline.columns[c]
    if (encoder?.name !== layout.name) {
      throw new Error(`Layout ${layout.name} stands where the pipeline has ${encoder?.name ?? 'no column'}.`)
    }
    const counter = createColumnCounter(layout, dictionaryOf(encoder) ?? truth)
    return encoder.kind === 'text' ? wordCounter(counter) : counter
  })
  const outputs = layouts.outputs.map((layout) => createColumnCounter(layout, classes.map(String)))
  let largest = new Float64Array(1)

  /** The probability of the predicted class per row. */
  const largestScores = ({ rows, outputs: width, scores, classIndexes }: Predictions): Float64Array => {
    if (largest.length < rows) largest = new Float64Array(rows)
    for (let r = 0; r < rows; r++) largest[r] = scores[r * width + classIndexes[r]!]!
    return largest
  }

  return {
    addFeatures(batch) {
      for (let c = 0; c < features.length; c++) features[c]!.add(batch.columns[c]!, 0, 1, batch.rows)
    },
    addOutputs(predictions) {
      const { task, rows, scores, classIndexes } = predictions
      const [prediction, score] = outputs
      if (task === 'regression') {
        prediction?.add(scores, 0, 1, rows)
      } else {
        prediction?.add(classIndexes, 0, 1, rows)
        score?.add(task === 'binary' ? scores : largestScores(predictions), 0, 1, rows)
      }
    },
    counts: () => ({
      features: features.map((column) => column.counts()),
      outputs: outputs.map((column) => column.counts()),
    }),
    reset() {
      for (const column of features) column.reset()
      for (const column of outputs) column.reset()
    },
  }
}
