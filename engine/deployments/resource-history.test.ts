import { describe, expect, it } from 'vitest'
import type { ServingProcess } from '../../shared/contract/deployments.ts'
import { createResourceHistory } from './resource-history.ts'

const worker = (pid: number, cpuSeconds: number, eventLoopDelayMs = 1): ServingProcess => ({
  role: 'worker',
  pid,
  state: 'running',
  since: '',
  restarts: 0,
  lastExit: null,
  usage: { cpuSeconds, memoryBytes: 100, eventLoopDelayMs },
})

describe('resources of a deployment', () => {
  it('are the sum of CPU and memory over its processes, and the longest delay', () => {
    const history = createResourceHistory()
    history.add([worker(1, 10), worker(2, 20)], 0)
    history.add([worker(1, 11, 3), worker(2, 22, 8)], 2000)
    expect(history.samples).toEqual([
      { at: 0, cpu: null, memoryBytes: 200, eventLoopDelayMs: 1 },
      { at: 2000, cpu: 1.5, memoryBytes: 200, eventLoopDelayMs: 8 },
    ])
  })

  it('count a process that was started again from zero, and pass over one that tells nothing', () => {
    const history = createResourceHistory()
    history.add([worker(1, 10), worker(2, 20)], 0)
    history.add([worker(3, 0.5), { ...worker(2, 0), pid: null, usage: null }], 1000)
    expect(history.samples[1]).toEqual({ at: 1000, cpu: 0.5, memoryBytes: 100, eventLoopDelayMs: 1 })
  })

  it('do not count a look that follows at once, and forget the oldest', () => {
    const history = createResourceHistory()
    for (let look = 0; look < 400; look++) history.add([worker(1, look)], look * 250)
    expect(history.samples).toHaveLength(150)
    expect(history.samples.at(-1)?.cpu).toBe(4)
  })
})
