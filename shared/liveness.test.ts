import { expect, test } from 'vitest'
import { afterProbe, hungReason, type LivenessPolicy, type Probe, type Silence } from './liveness.ts'

const policy: LivenessPolicy = { everyMs: 1_000, stuckMs: 3_000, silentMs: 10_000 }

/** When, in seconds, a process is first taken for hung; one probe a second. */
function hungAt(probes: readonly Omit<Probe, 'at'>[]): { second: number; reason: string } | null {
  let silence: Silence | null = null
  for (const [second, probe] of probes.entries()) {
    silence = afterProbe(silence, { ...probe, at: second * 1000 })
    const reason = hungReason(policy, silence)
    if (reason !== null) return { second, reason }
  }
  return null
}
const silent = (cpuMs: number | null) => ({ answered: false, cpuMs })
const seconds = Array.from({ length: 20 }, (_, second) => second)

test('a process that is stopped is hung soon', () => {
  expect(hungAt(seconds.map(() => silent(500)))).toEqual({
    second: 3,
    reason: 'it answered nothing for 3 s and did nothing',
  })
})

test('timers that still run are no work', () => {
  expect(hungAt(seconds.map((second) => silent(second * 20)))?.second).toBe(3)
})

test('a process at work is hung only after longer than any request may take', () => {
  expect(hungAt(seconds.map((second) => silent(second * 900)))).toEqual({
    second: 10,
    reason: 'it answered nothing for 10 s',
  })
})

test('one that works and then stands still is hung once it stood still for long enough', () => {
  expect(hungAt(seconds.map((second) => silent(Math.min(second, 4) * 900)))?.second).toBe(7)
})

test('any answer begins anew', () => {
  expect(hungAt(seconds.map((second) => ({ answered: second % 3 === 0, cpuMs: 500 })))).toBeNull()
})

test('where processor time is unknown, it counts as work', () => {
  expect(hungAt(seconds.map(() => silent(null)))?.second).toBe(10)
})
