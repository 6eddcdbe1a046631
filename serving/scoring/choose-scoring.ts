import { Failure } from '../../shared/failure.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { Refusal } from '../http/refusal.ts'
import type { Tally } from '../monitoring/tally.ts'
import type { Batching } from '../settings.ts'
import { transformedScoring } from '../transforms/transformed-scoring.ts'
import { batchedScoring } from './batched-scoring.ts'
import { compileScoring } from './score-rows.ts'
import { directScoring, type Scoring } from './scoring.ts'

/** Time that measuring a model may take, which is also what warms it up. */
const measureMs = 8

function misfit({ name, version }: LoadedModel, { fields: [first], message }: Refusal): Failure {
  const where = first ? `row ${(first.row ?? 0) + 1}, column "${first.column}"` : 'a row'
  const why = first ? `expected ${first.expected}, found ${first.found}` : message
  return new Failure(
    'integrity',
    `The recorded rows of ${name}-${version} do not fit its signature: ${where} of examples.json: ${why}.`,
    'Package the model version anew.',
  )
}

/**
 * Microseconds that a row takes to be scored, the least of several looks at the recorded rows.
 *
 * @throws Failure `integrity` where a recorded row is none that the signature takes
 */
export function microsecondsPerRow(model: LoadedModel): number {
  const records = model.examples.rows.slice(0, 4)
  if (records.length === 0) return 0
  const score = compileScoring(model)
  const until = performance.now() + measureMs
  let least = Number.POSITIVE_INFINITY
  try {
    do {
      const begun = performance.now()
      score({ kind: 'records', rows: records.length, records })
      least = Math.min(least, performance.now() - begun)
    } while (performance.now() < until)
  } catch (error) {
    throw error instanceof Refusal ? misfit(model, error) : error
  }
  return (least * 1000) / records.length
}

/** In the request's own turn where that is quick, as it is for small models; on a thread, in batches, where it is not. */
export async function chooseScoring(
  model: LoadedModel,
  batching: Batching,
  parts: { tally: Tally; onThreadEnd: (error: Error) => void },
): Promise<Scoring> {
  // SQL takes longer than any of our models, and puts waiting requests together by itself.
  if (model.transforms) return transformedScoring(model, model.transforms)
  const { fromMicroseconds } = batching
  const batched = fromMicroseconds === 0 || microsecondsPerRow(model) > fromMicroseconds
  return batched ? batchedScoring(model, batching, parts) : directScoring(model)
}
