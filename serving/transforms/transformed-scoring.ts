import type { LoadedModel } from '../bundle/load-model.ts'
import { rowsBeyondRange } from '../scoring/beyond-range.ts'
import type { Scoring } from '../scoring/scoring.ts'
import { unfit } from '../scoring/unfit.ts'
import type { Transforms } from './create-transforms.ts'

/** Scores by SQL, pipeline and model. Every answer has buffers of its own. */
export function transformedScoring(
  model: LoadedModel,
  transforms: Transforms,
): Extract<Scoring, { kind: 'deferred' }> {
  return {
    kind: 'deferred',
    async score(rows) {
      const batch = await transforms.apply(rows)
      const shared = model.predictor.predict(batch)
      const predictions = {
        ...shared,
        scores: shared.scores.slice(0, batch.rows * shared.outputs),
        classIndexes: shared.classIndexes.slice(0, batch.rows),
      }
      const scored = { batch, predictions }
      const beyond = rowsBeyondRange(model, scored)
      if (beyond.length > 0) throw unfit(beyond)
      return scored
    },
    close: () => transforms.close(),
  }
}
