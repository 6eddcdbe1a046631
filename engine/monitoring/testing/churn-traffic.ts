import type { ColumnCounts } from '../../../shared/drift/baseline.ts'
import type { MonitoredModel } from '../../../shared/drift/log-entry.ts'
import { latencyBounds, type Window } from '../../../shared/drift/window.ts'

const edges = [0, 12, 24, 48, 72]

function numeric(counts: number[]): ColumnCounts {
  const n = counts.slice(0, -2).reduce((a, b) => a + b, 0)
  return { counts, n, mean: n === 0 ? 0 : 30, m2: n * 400, min: n === 0 ? null : 0, max: n === 0 ? null : 72 }
}

const categorical = (counts: number[]): ColumnCounts => ({
  counts,
  n: 0,
  mean: 0,
  m2: 0,
  min: null,
  max: null,
})

/** A binary model of two features, `tenure` and `contract`. */
export const churnModel: MonitoredModel = {
  model: { name: 'churn', version: 1 },
  signature: {
    version: 1,
    task: 'binary',
    inputs: [
      { name: 'tenure', type: 'numeric', sourceType: 'BIGINT', required: true, missing: false },
      { name: 'contract', type: 'categorical', sourceType: 'VARCHAR', required: true, missing: true },
    ],
    target: { name: 'churn', sourceType: 'VARCHAR', classes: ['No', 'Yes'] },
  },
  baseline: {
    version: 1,
    layoutHash: 'layout-of-churn-1',
    rows: 4000,
    features: [
      {
        layout: { kind: 'numeric', name: 'tenure', edges },
        stats: numeric([0, 1000, 1000, 1000, 1000, 0, 0, 0]),
      },
      {
        layout: { kind: 'categorical', name: 'contract', categories: ['Monthly', 'Yearly'] },
        stats: categorical([2400, 1600, 0, 0, 0]),
      },
    ],
    heldOutRows: 1000,
    outputs: [
      {
        layout: { kind: 'categorical', name: 'prediction', categories: ['No', 'Yes'] },
        stats: categorical([700, 300, 0, 0, 0]),
      },
    ],
  },
}

/** A minute of `rows` one-row requests; `drifted` ones are all new customers on monthly contracts. */
export function churnWindow(parts: {
  cursor: number
  start: number
  rows: number
  drifted?: boolean
  open?: boolean
  instance?: string
  version?: number
  role?: Window['role']
}): Window {
  const { cursor, start, rows, drifted = false, open = false, instance = 'a' } = parts
  const { version = churnModel.model.version, role = 'active' } = parts
  const answers = role !== 'shadow'
  const latency = Array<number>(latencyBounds.length + 1).fill(0)
  if (answers) latency[3] = rows
  const quarter = rows / 4
  return {
    cursor,
    instance,
    model: { ...churnModel.model, version },
    role,
    layoutHash: churnModel.baseline.layoutHash,
    start,
    end: start + 60_000,
    open,
    requests: answers ? rows : 0,
    rows,
    statuses: answers ? { '200': rows - 4, '422': 4 } : {},
    latency,
    latencySum: answers ? rows * 0.00075 : 0,
    bytesIn: answers ? rows * 200 : 0,
    bytesOut: answers ? rows * 100 : 0,
    cpuSeconds: 6,
    memoryBytes: 50_000_000,
    eventLoopDelayMs: 2,
    features: [
      numeric(drifted ? [0, rows, 0, 0, 0, 0, 0, 0] : [0, quarter, quarter, quarter, quarter, 0, 0, 0]),
      categorical(drifted ? [rows, 0, 0, 0, 0] : [rows * 0.6, rows * 0.4, 0, 0, 0]),
    ],
    outputs: [categorical(drifted ? [0, rows, 0, 0, 0] : [rows * 0.7, rows * 0.3, 0, 0, 0])],
  }
}
