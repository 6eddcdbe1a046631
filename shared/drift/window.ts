import { z } from 'zod'
import { columnCountsSchema } from './baseline.ts'

/** Upper bounds of the latency histogram in seconds; a last slot counts what is slower. */
export const latencyBounds = [
  0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  10,
] as const

/**
 * As what a version was counted: `active` and `canary` answered requests, `shadow` was scored on a copy of them.
 * A shadow's rows are nobody's answers, so they never count into traffic.
 */
export const windowRoleSchema = z.enum(['active', 'canary', 'shadow'])
export type WindowRole = z.infer<typeof windowRoleSchema>

/** One interval of a deployment's monitoring statistics, one NDJSON line of `/monitoring/windows`. */
export const windowSchema = z.strictObject({
  /** Grows by one with every closed window of an instance; `since=<cursor>` asks for later ones. */
  cursor: z.number().int().min(1),
  /** The process that counted it; windows of replicas are merged by addition. */
  instance: z.string(),
  model: z.strictObject({ name: z.string(), version: z.number().int() }),
  role: windowRoleSchema,
  layoutHash: z.string(),
  /** Milliseconds since the epoch. */
  start: z.number().int(),
  end: z.number().int(),
  /** The window is still being counted; the workbench replaces it at the next pull. */
  open: z.boolean(),
  requests: z.number().int(),
  rows: z.number().int(),
  /** Responses by status code. */
  statuses: z.record(z.string(), z.number().int()),
  /** Counts per latency slot, `latencyBounds.length + 1` of them. */
  latency: z.array(z.number().int()),
  latencySum: z.number(),
  bytesIn: z.number().int(),
  bytesOut: z.number().int(),
  /** CPU seconds used in the window, memory in bytes at its end, largest event-loop delay in milliseconds. */
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
  eventLoopDelayMs: z.number(),
  /** In the order of the baseline's `features` and `outputs`. */
  features: z.array(columnCountsSchema),
  outputs: z.array(columnCountsSchema),
})
export type Window = z.infer<typeof windowSchema>

/** The last NDJSON line of `/monitoring/windows`. */
export const windowsTailSchema = z.strictObject({ next: z.number().int().min(0) })
