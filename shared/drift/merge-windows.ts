import { Failure } from '../failure.ts'
import type { ColumnCounts } from './baseline.ts'
import { mergeCounts } from './count-slots.ts'
import { latencyBounds, type Window, type WindowRole } from './window.ts'

/** What a stretch of time saw, over any number of windows and replicas. */
export interface Traffic {
  /** Milliseconds since the epoch. */
  start: number
  end: number
  requests: number
  rows: number
  statuses: Record<string, number>
  latency: number[]
  latencySum: number
  bytesIn: number
  bytesOut: number
  cpuSeconds: number
  /** Of each replica its last window's, added up. */
  memoryBytes: number
  eventLoopDelayMs: number
}

/** Column counts of one bin layout, in the order of the baseline's columns. */
export interface Counted {
  layoutHash: string
  features: ColumnCounts[]
  outputs: ColumnCounts[]
}

/** The sum of windows of one layout. */
export interface MergedWindow extends Traffic, Counted {
  /** Sorted, each once. */
  instances: string[]
}

/** Adds count vectors of any lengths, slot by slot. */
function addSlots(into: number[], counts: readonly number[]): void {
  for (let i = 0; i < counts.length; i++) into[i] = (into[i] ?? 0) + counts[i]!
}

/**
 * Adds up traffic alone, which windows of every model version share. Null for no windows. Of a shadow's windows only
 * what it used counts: its rows are copies of rows that were answered.
 */
export function mergeTraffic(
  windows: readonly (Traffic & { instance?: string; role?: WindowRole })[],
): Traffic | null {
  if (windows.length === 0) return null
  const sum: Traffic = {
    start: Number.POSITIVE_INFINITY,
    end: Number.NEGATIVE_INFINITY,
    requests: 0,
    rows: 0,
    statuses: {},
    latency: Array<number>(latencyBounds.length + 1).fill(0),
    latencySum: 0,
    bytesIn: 0,
    bytesOut: 0,
    cpuSeconds: 0,
    memoryBytes: 0,
    eventLoopDelayMs: 0,
  }
  const memory = new Map<string, { end: number; bytes: number }>()
  for (const window of windows) {
    sum.start = Math.min(sum.start, window.start)
    sum.end = Math.max(sum.end, window.end)
    const instance = window.instance ?? ''
    const last = memory.get(instance)
    if (!last || window.end >= last.end) {
      memory.set(instance, { end: window.end, bytes: window.memoryBytes })
    }
    sum.cpuSeconds += window.cpuSeconds
    sum.eventLoopDelayMs = Math.max(sum.eventLoopDelayMs, window.eventLoopDelayMs)
    if (window.role === 'shadow') continue
    sum.requests += window.requests
    sum.rows += window.rows
    for (const [status, count] of Object.entries(window.statuses)) {
      sum.statuses[status] = (sum.statuses[status] ?? 0) + count
    }
    addSlots(sum.latency, window.latency)
    sum.latencySum += window.latencySum
    sum.bytesIn += window.bytesIn
    sum.bytesOut += window.bytesOut
  }
  for (const { bytes } of memory.values()) sum.memoryBytes += bytes
  return sum
}

/**
 * Adds up column counts. Null for none.
 *
 * @throws Failure `conflict` when two were counted on different bins: their slots do not mean the same
 */
export function mergeCounted(parts: readonly Counted[]): Counted | null {
  const first = parts[0]
  if (!first) return null
  let { features, outputs } = first
  for (const part of parts.slice(1)) {
    if (part.layoutHash !== first.layoutHash) {
      throw new Failure(
        'conflict',
        `Windows counted on the bin layouts ${first.layoutHash.slice(0, 12)} and ${part.layoutHash.slice(0, 12)} cannot be added.`,
        'Compare the two model versions side by side, or choose a period in which one of them served.',
      )
    }
    features = features.map((counts, i) => mergeCounts(counts, part.features[i]!))
    outputs = outputs.map((counts, i) => mergeCounts(counts, part.outputs[i]!))
  }
  return { layoutHash: first.layoutHash, features, outputs }
}

/**
 * Adds up windows of one bin layout, in time and over replicas. Null for no windows.
 *
 * @throws Failure `conflict` for windows of different layouts
 */
export function mergeWindows(windows: readonly Window[]): MergedWindow | null {
  const counted = mergeCounted(windows)
  const traffic = mergeTraffic(windows)
  if (!counted || !traffic) return null
  const instances = [...new Set(windows.map((window) => window.instance))].sort()
  return { ...traffic, ...counted, instances }
}

/** Lengths that a point of a chart may have, in milliseconds: from a second to a week. */
const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800,
].map((seconds) => seconds * 1000)

/** Length of a point so that `span` milliseconds make at most about `points`, and no shorter than a window. */
export function stepFor(span: number, longestWindow: number, points = 120): number {
  const wanted = Math.max(span / points, longestWindow)
  return steps.find((step) => step >= wanted) ?? steps.at(-1)!
}

/** Groups windows by the step that they start in, oldest first; steps without windows are left out. */
export function resample<W extends { start: number }>(windows: readonly W[], step: number): W[][] {
  const groups = new Map<number, W[]>()
  for (const window of windows) {
    const slot = Math.floor(window.start / step)
    const group = groups.get(slot)
    if (group) group.push(window)
    else groups.set(slot, [window])
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group)
}
