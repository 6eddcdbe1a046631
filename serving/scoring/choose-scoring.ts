import type { LoadedModel } from '../bundle/load-model.ts'
import type { Tally } from '../monitoring/tally.ts'
import type { Batching } from '../settings.ts'
import { directScoring, type Scoring } from './scoring.ts'

/** How a model is scored. */
export async function chooseScoring(
  model: LoadedModel,
  _batching: Batching,
  _tally: Tally,
): Promise<Scoring> {
  return directScoring(model)
}
