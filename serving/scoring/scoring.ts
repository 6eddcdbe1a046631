import type { LoadedModel } from '../bundle/load-model.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { compileScoring, type ScoredRows } from './score-rows.ts'

/**
 * A model's way from request rows to predictions.
 *
 * `direct` scores in the request's own turn: no promise, no queue. Its batch and predictions share buffers that the
 * next call overwrites. `deferred` answers later, with buffers of the request's own. Both throw (or reject with) a
 * Refusal that names the offending fields.
 */
export type Scoring =
  | { kind: 'direct'; score(rows: RequestRows): ScoredRows; close(): void }
  | { kind: 'deferred'; score(rows: RequestRows): Promise<ScoredRows>; close(): void }

export function directScoring(model: LoadedModel): Scoring {
  return { kind: 'direct', score: compileScoring(model), close() {} }
}
