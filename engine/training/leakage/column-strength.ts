/** HOT LOOP: goes through every value of the sample of every feature (test rows of the wide table). */
import type { Task } from '../../../shared/signature/signature.ts'
import { lowerBound, rankArea } from './rank-area.ts'

const bins = 64
const fewestChecked = 10
/** The order says more than the bins of a rare class that fills none; it is never perfect where they say this little. */
const leastForOrder = 0.75

/** A feature and the target over sampled rows, as `readSamples` gives them. */
export interface SampledColumn {
  readonly values: Float64Array
  /** Whether the values have an order, so that near ones are alike. */
  readonly ordered: boolean
  readonly target: Float64Array
  readonly trained: Float64Array
}

/** Every row's key: one of some classes of values. */
interface Keys {
  readonly codes: Int32Array
  readonly count: number
}

/** Values of the rows that are trained on, or of those that are not, without missing ones, sorted. */
function sortedValues({ values, target, trained }: SampledColumn, part: 0 | 1, label?: 0 | 1): Float64Array {
  const kept = new Float64Array(values.length)
  let count = 0
  for (let r = 0; r < values.length; r++) {
    const value = values[r]!
    if (trained[r] !== part || Number.isNaN(value) || (label !== undefined && target[r] !== label)) continue
    kept[count++] = value
  }
  return kept.subarray(0, count).sort()
}

/**
 * A feature's values as a few keys: categories as they are, numbers by their quantile on the training rows; missing
 * values are a key of their own, because where they are missing may tell the answer.
 */
function keysOf(column: SampledColumn): Keys {
  const { values, ordered } = column
  const codes = new Int32Array(values.length)
  if (!ordered) {
    const known = new Map<number, number>()
    for (let r = 0; r < values.length; r++) {
      const value = values[r]!
      let code = Number.isNaN(value) ? 0 : known.get(value)
      if (code === undefined) {
        code = known.size + 1
        known.set(value, code)
      }
      codes[r] = code
    }
    return { codes, count: known.size + 1 }
  }
  const sorted = sortedValues(column, 1)
  const edges = new Float64Array(bins - 1)
  let count = 0
  for (let i = 1; i < bins && sorted.length > 0; i++) {
    const edge = sorted[Math.max(0, Math.ceil((sorted.length * i) / bins) - 1)]!
    if (count === 0 || edge > edges[count - 1]!) edges[count++] = edge
  }
  const cut = edges.subarray(0, count)
  for (let r = 0; r < values.length; r++) {
    const value = values[r]!
    codes[r] = Number.isNaN(value) ? 0 : 1 + lowerBound(cut, value)
  }
  return { codes, count: count + 2 }
}

/** The mean target of the training rows by key, NaN where a key has none, and over all of them. */
function meansOf({ codes, count }: Keys, { target, trained }: SampledColumn) {
  const sums = new Float64Array(count)
  const rows = new Float64Array(count)
  let sum = 0
  let all = 0
  for (let r = 0; r < codes.length; r++) {
    if (trained[r] !== 1) continue
    const key = codes[r]!
    sums[key] = sums[key]! + target[r]!
    rows[key] = rows[key]! + 1
    sum += target[r]!
    all++
  }
  return { byKey: sums.map((total, key) => total / rows[key]!), mean: sum / all }
}

/** The AUC on the other rows of each row's mean answer by key, ties counting half. */
function areaByKey(keys: Keys, column: SampledColumn): number {
  const { byKey, mean } = meansOf(keys, column)
  const { target, trained } = column
  const lower = new Float64Array(keys.count)
  const upper = new Float64Array(keys.count)
  for (let r = 0; r < target.length; r++) {
    if (trained[r] === 1) continue
    const ofClass = target[r] === 1 ? upper : lower
    const key = keys.codes[r]!
    ofClass[key] = ofClass[key]! + 1
  }
  const scores = byKey.map((score) => (Number.isNaN(score) ? mean : score))
  const order = Uint32Array.from(scores, (_, key) => key).sort((a, b) => scores[a]! - scores[b]!)
  let [wins, below, ones] = [0, 0, 0]
  for (let from = 0, to = 0; from < order.length; from = to) {
    let [low, high] = [0, 0]
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) {
      low += lower[order[to]!]!
      high += upper[order[to]!]!
    }
    wins += high * (below + low / 2)
    below += low
    ones += high
  }
  return wins / (below * ones)
}

/** The AUC of the value itself on the rows that are trained on, or on those that are not. */
function areaOf(column: SampledColumn, part: 0 | 1): number {
  return rankArea(sortedValues(column, part, 0), sortedValues(column, part, 1))
}

/** The AUC on the other rows of the value itself, turned as on the training rows. */
function areaInOrder(column: SampledColumn): number {
  const checked = areaOf(column, 0)
  return areaOf(column, 1) < 0.5 ? 1 - checked : checked
}

/** For every key the class that most of its training rows have, −1 where it has none. */
function votesOf({ codes, count }: Keys, { target, trained }: SampledColumn, classes: number): Int32Array {
  const pairs = new Float64Array(codes.length)
  let rows = 0
  for (let r = 0; r < codes.length; r++) {
    if (trained[r] === 1) pairs[rows++] = codes[r]! * classes + target[r]!
  }
  const sorted = pairs.subarray(0, rows).sort()
  const votes = new Int32Array(count).fill(-1)
  const most = new Float64Array(count)
  for (let from = 0, to = 0; from < rows; from = to) {
    while (to < rows && sorted[to] === sorted[from]) to++
    const key = Math.floor(sorted[from]! / classes)
    if (to - from <= most[key]!) continue
    most[key] = to - from
    votes[key] = sorted[from]! - key * classes
  }
  return votes
}

/** Of the errors that guessing the most frequent class makes on the other rows, the share that voting by key avoids. */
function errorsAvoided(keys: Keys, column: SampledColumn): number {
  const { target, trained } = column
  const classes = target.reduce((most, value) => Math.max(most, value), 0) + 1
  const all = { codes: new Int32Array(target.length), count: 1 }
  const usual = votesOf(all, column, classes)[0]!
  const votes = votesOf(keys, column, classes)
  let hits = 0
  let naive = 0
  let checked = 0
  for (let r = 0; r < target.length; r++) {
    if (trained[r] === 1) continue
    const vote = votes[keys.codes[r]!]!
    if ((vote < 0 ? usual : vote) === target[r]) hits++
    if (usual === target[r]) naive++
    checked++
  }
  return (hits - naive) / (checked - naive)
}

/** Intercept and slope of the least-squares line on the training rows; no slope for what has no order. */
function lineOf({ values, target, trained, ordered }: SampledColumn) {
  let [n, meanX, meanY, xx, xy] = [0, 0, 0, 0, 0]
  for (let r = 0; ordered && r < values.length; r++) {
    const x = values[r]!
    if (trained[r] !== 1 || Number.isNaN(x)) continue
    // Welford's update: sums of squares of large values, such as timestamps, would cancel.
    n++
    const dx = x - meanX
    meanX += dx / n
    meanY += (target[r]! - meanY) / n
    xx += dx * (x - meanX)
    xy += dx * (target[r]! - meanY)
  }
  const slope = xx > 0 ? xy / xx : Number.NaN
  return { slope, intercept: meanY - slope * meanX }
}

/** R² on the other rows of the mean by key, or of the line through the training rows where that is better. */
function varianceExplained(keys: Keys, column: SampledColumn): number {
  const { values, target, trained } = column
  const { byKey, mean } = meansOf(keys, column)
  const { slope, intercept } = lineOf(column)
  let [checked, average, total, offKeys, offLine] = [0, 0, 0, 0, 0]
  for (let r = 0; r < target.length; r++) {
    if (trained[r] === 1) continue
    const y = target[r]!
    checked++
    const delta = y - average
    average += delta / checked
    total += delta * (y - average)
    const byMean = byKey[keys.codes[r]!]!
    const onLine = intercept + slope * values[r]!
    offKeys += (y - (Number.isNaN(byMean) ? mean : byMean)) ** 2
    offLine += (y - (Number.isNaN(onLine) ? mean : onLine)) ** 2
  }
  return total > 0 ? Math.max(1 - offKeys / total, 1 - offLine / total) : Number.NaN
}

/**
 * How well the target is predicted on rows outside the training split by what the feature alone says on the training
 * rows: for two classes the AUC, for more the share of the errors of always guessing the same that it avoids, for a
 * number R². Null where too few rows can tell.
 */
export function columnStrength(column: SampledColumn, task: Task): number | null {
  const { trained, values, ordered } = column
  const checked = trained.reduce((rows, one) => rows + (one === 1 ? 0 : 1), 0)
  if (checked < fewestChecked || checked === trained.length) return null
  const keys = keysOf(column)
  const figure = {
    binary: areaByKey,
    multiclass: errorsAvoided,
    regression: varianceExplained,
  }[task](keys, column)
  if (!Number.isFinite(figure)) return null
  if (task !== 'binary' || !ordered || figure < leastForOrder) return figure
  // An order says nothing of rows without a value.
  const present = values.reduce((rows, value) => rows + (Number.isNaN(value) ? 0 : 1), 0)
  return present < 0.99 * values.length ? figure : Math.max(figure, areaInOrder(column) || 0)
}
