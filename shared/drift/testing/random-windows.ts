import type { ColumnCounts } from '../baseline.ts'
import { latencyBounds, type Window } from '../window.ts'
import { seededRandom } from './seeded-random.ts'

type Random = () => number

const whole = (random: Random, most: number) => Math.floor(random() * (most + 1))

function columnCounts(random: Random, slots: number): ColumnCounts {
  const values = Array.from({ length: whole(random, 20) }, () => whole(random, 200) - 100)
  const n = values.length
  const mean = n === 0 ? 0 : values.reduce((a, b) => a + b, 0) / n
  return {
    counts: Array.from({ length: slots }, () => whole(random, 1000)),
    n,
    mean,
    m2: values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
    min: n === 0 ? null : Math.min(...values),
    max: n === 0 ? null : Math.max(...values),
  }
}

function randomWindow(random: Random): Window {
  const minute = whole(random, 120)
  const start = Date.UTC(2026, 0, 5) + minute * 60_000
  const statuses: Record<string, number> = {}
  for (const status of ['200', '400', '422', '500']) {
    if (random() < 0.5) statuses[status] = whole(random, 1000)
  }
  return {
    role: (['active', 'canary', 'shadow'] as const)[whole(random, 2)]!,
    cursor: minute + 1,
    instance: ['a', 'b', 'c'][whole(random, 2)]!,
    model: { name: 'churn', version: 1 },
    layoutHash: 'layout-1',
    start,
    end: start + 60_000,
    open: false,
    requests: whole(random, 1000),
    rows: whole(random, 1000),
    statuses,
    latency: Array.from({ length: latencyBounds.length + 1 }, () =>
      random() < 0.3 ? 0 : whole(random, 1000),
    ),
    latencySum: random() * 1000,
    bytesIn: whole(random, 1_000_000),
    bytesOut: whole(random, 1_000_000),
    cpuSeconds: random() * 60,
    memoryBytes: whole(random, 1_000_000_000),
    eventLoopDelayMs: random() * 100,
    features: [columnCounts(random, 8), columnCounts(random, 5)],
    outputs: [columnCounts(random, 5)],
  }
}

/**
 * One to twelve windows of one minute of one layout (a feature of 8 slots, one of 5, an output of 5),
 * as a deployment holds them: one per instance and cursor.
 */
export function randomWindows(seed: number): Window[] {
  const random = seededRandom(seed)
  const windows = new Map<string, Window>()
  for (let left = 1 + whole(random, 11); left > 0; left--) {
    const window = randomWindow(random)
    windows.set(`${window.instance} ${window.cursor}`, window)
  }
  return [...windows.values()]
}
