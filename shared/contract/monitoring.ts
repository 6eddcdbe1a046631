import { z } from 'zod'
import { windowRoleSchema } from '../drift/window.ts'
import { metricKeys } from '../metrics/metrics.ts'
import { nothing, procedure } from './base.ts'

/** Drift of one feature or output over the chosen period, against the training baseline. */
export const driftSchema = z.strictObject({
  column: z.string(),
  role: z.enum(['feature', 'output']),
  kind: z.enum(['numeric', 'categorical']),
  /** Rows counted. */
  n: z.number(),
  psi: z.number(),
  /** P(PSI this large with no drift), from (1/n + 1/m) χ²(B−1). */
  pValue: z.number(),
  jensenShannon: z.number(),
  missingRate: z.number(),
  baselineMissingRate: z.number(),
  /** Categories: values never seen in training. Numbers: values outside the training range. */
  outsideRate: z.number(),
  /** `too-few` is grey, never green: the period is too short to see the smallest shift worth an alarm. */
  verdict: z.enum(['stable', 'warning', 'alarm', 'too-few']),
  /** What the verdict rests on, such as "n = 38, can see shifts ≥ 0.6 sd". */
  note: z.string(),
  /** Shares per slot for the picture, baseline and live, with the slot's label. */
  slots: z.array(z.strictObject({ label: z.string(), baseline: z.number(), live: z.number() })),
})
export type Drift = z.infer<typeof driftSchema>

/** One point of the time axis: windows of all replicas merged. */
export const pointSchema = z.strictObject({
  start: z.number(),
  end: z.number(),
  requests: z.number(),
  rows: z.number(),
  statuses: z.record(z.string(), z.number()),
  /** Seconds; null without requests. */
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** Share of one core. */
  cpu: z.number(),
  memoryBytes: z.number(),
  eventLoopDelayMs: z.number(),
  /** PSI per feature and output, in the order of `drift`; null where fewer than 50 rows. */
  psi: z.array(z.number().nullable()),
})
export type Point = z.infer<typeof pointSchema>

const worstDriftSchema = z
  .strictObject({ column: z.string(), psi: z.number(), verdict: driftSchema.shape.verdict })
  .nullable()

/** What one version did in one role. A shadow answers nothing: it has rows, and no requests. */
export const versionTrafficSchema = z.strictObject({
  version: z.number().int(),
  role: windowRoleSchema,
  requests: z.number(),
  rows: z.number(),
  errors: z.number(),
  /** Seconds; null without requests. */
  p99: z.number().nullable(),
  worstDrift: worstDriftSchema,
})
export type VersionTraffic = z.infer<typeof versionTrafficSchema>

export const monitoringStateSchema = z.strictObject({
  deployment: z.string(),
  model: z.strictObject({ name: z.string(), version: z.number().int() }),
  /** ISO time of the last successful pull, and why the last one failed if it did. */
  pulled: z.string().nullable(),
  problem: z.string(),
  points: z.array(pointSchema),
  /** Each version in each of its roles in the period: what answered, canaries, shadows. One while nothing is tried. */
  versions: z.array(versionTrafficSchema),
  drift: z.array(driftSchema),
  totals: z.strictObject({
    requests: z.number(),
    rows: z.number(),
    errors: z.number(),
    p99: z.number().nullable(),
    feedback: z.number(),
  }),
  /** Realised performance from joined feedback; empty before any. */
  realised: z.strictObject({ n: z.number(), metrics: z.record(z.string(), z.number()) }),
})
export type MonitoringState = z.infer<typeof monitoringStateSchema>

export const fleetRowSchema = z.strictObject({
  deployment: z.string(),
  requestsPerMinute: z.number(),
  /** Requests in each of the last 20 minutes, oldest first. */
  sparkline: z.array(z.number()),
  errorRate: z.number(),
  p99: z.number().nullable(),
  worstDrift: worstDriftSchema,
  /** How right the predictions of the last seven days turned out to be; null before any outcome has arrived. */
  realised: z
    .strictObject({
      metric: z.enum(metricKeys),
      value: z.number(),
      /** Outcomes that it rests on. */
      n: z.number(),
    })
    .nullable(),
})
export type FleetRow = z.infer<typeof fleetRowSchema>

export const monitoringContract = {
  /** Windows of the last `minutes` minutes; pulls first when the last pull is over a second old. */
  state: procedure
    .input(z.strictObject({ deployment: z.string(), minutes: z.number().int().min(1).max(525_600) }))
    .output(monitoringStateSchema),
  /** One row a deployment, for the fleet table. */
  fleet: procedure.input(nothing).output(z.array(fleetRowSchema)),
}
