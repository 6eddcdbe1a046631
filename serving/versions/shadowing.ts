import type { Predictions } from '../../shared/models/predictor.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import type { ScoredRows } from '../scoring/score-rows.ts'
import type { ServedVersion } from './served-version.ts'

/** Scores a copy of the traffic with a second version, behind the answers: it never delays or changes one. */
export interface Shadowing {
  /** @param answered what the answer was made of; copied, since its buffers are used again */
  offer(shadow: ServedVersion, rows: RequestRows, answered: Predictions): void
  readonly waiting: number
}

/** Requests whose rows wait for the shadow at most; later ones are counted as dropped. */
const waitingAtMost = 64

/** A number is another one from this share of the larger on. */
const tolerance = 0.01

/** How far two versions' predictions of the same rows are apart. */
export function compare(a: Predictions, b: Predictions): { disagreements: number; difference: number } {
  let disagreements = 0
  let difference = 0
  for (let row = 0; row < a.rows; row++) {
    if (a.task === 'regression') {
      const [x, y] = [a.scores[row]!, b.scores[row]!]
      const apart = Math.abs(x - y)
      difference += apart
      if (apart > tolerance * Math.max(Math.abs(x), Math.abs(y))) disagreements++
      continue
    }
    if (a.classIndexes[row] !== b.classIndexes[row]) disagreements++
    const at = row * a.outputs + (a.outputs === 1 ? 0 : a.classIndexes[row]!)
    difference += Math.abs(a.scores[at]! - b.scores[at]!)
  }
  return { disagreements, difference }
}

const copyOf = (of: Predictions): Predictions => ({
  ...of,
  scores: of.scores.slice(0, of.rows * of.outputs),
  classIndexes: of.classIndexes.slice(0, of.rows),
})

export function createShadowing(): Shadowing {
  const queue: { shadow: ServedVersion; rows: RequestRows; answered: Predictions }[] = []
  let scheduled = false

  const count = (shadow: ServedVersion, scored: ScoredRows, answered: Predictions) =>
    shadow.tally.shadowed(scored, compare(answered, scored.predictions))
  const next = () => {
    scheduled = false
    const one = queue.shift()
    if (!one) return
    const { shadow, rows, answered } = one
    try {
      if (shadow.scoring.kind === 'direct') count(shadow, shadow.scoring.score(rows), answered)
      else {
        shadow.scoring.score(rows).then(
          (scored) => count(shadow, scored, answered),
          () => shadow.tally.dropped(),
        )
      }
    } catch {
      // The shadow refuses rows that were answered: counted, and nobody's error.
      shadow.tally.dropped()
    }
    schedule()
  }
  // One request a turn, so that answers never wait for more than one.
  const schedule = () => {
    if (scheduled || queue.length === 0) return
    scheduled = true
    setImmediate(next)
  }

  return {
    get waiting() {
      return queue.length
    },
    offer(shadow, rows, answered) {
      if (queue.length >= waitingAtMost) {
        shadow.tally.dropped()
        return
      }
      queue.push({ shadow, rows, answered: copyOf(answered) })
      schedule()
    },
  }
}
