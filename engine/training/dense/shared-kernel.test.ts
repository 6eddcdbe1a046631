import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateWasmMemory } from '../../../shared/wasm.ts'
import { seededRandom } from '../seeded-random.ts'
import { type Companion, startCompanion } from '../threads/companion.ts'
import { type KernelShared, runKernelWork } from './kernel-work.ts'
import { compileNetworkKernel, openNetworkKernel } from './network-kernel.ts'
import { shareKernel } from './shared-kernel.ts'

const pages = 64
const code = compileNetworkKernel(pages)

/** Filled with the same numbers every time; places from 1,024 on, 512 KiB each. */
function open() {
  const memory = allocateWasmMemory(pages)
  const values = new Float32Array(memory.buffer)
  const random = seededRandom(7)
  for (let i = 256; i < values.length; i++) values[i] = random() - 0.4
  return { memory, values, kernel: openNetworkKernel(code, memory) }
}
const place = (index: number) => 1024 + index * 512 * 1024

type Work = (kernel: ReturnType<typeof shareKernel>) => void

function multiply(rows: number, depth: number, width: number): Work {
  const [row, wide] = [depth * 4, width * 4]
  return (kernel) =>
    kernel.multiply(place(0), row, 4, depth, place(1), wide, place(2), wide, rows, wide, place(3))
}

function sharedEqualsAlone(work: Work, companionsOf: (memory: KernelShared['memory']) => Companion[]) {
  const [alone, shared] = [open(), open()]
  work(shareKernel(alone.kernel, []))
  work(shareKernel(shared.kernel, companionsOf(shared.memory)))
  // Outside of the control block, which is in the first kilobyte.
  expect(Buffer.from(shared.memory.buffer, 1024).equals(Buffer.from(alone.memory.buffer, 1024))).toBe(true)
}

test('products and steps in parts are those in one piece, to the bit', () => {
  const fours = (most: number) => fc.integer({ min: 1, max: most }).map((n) => n * 4)
  const works = fc.oneof(
    fc
      .record({ rows: fours(40), depth: fc.integer({ min: 1, max: 90 }), width: fours(24).map((n) => n * 2) })
      .map(({ rows, depth, width }) => multiply(rows, depth, width)),
    fours(8_000).map(
      (n): Work =>
        (kernel) =>
          kernel.adam(place(0), place(0) + n * 4, place(1), place(2), place(3), 0.01, 0.1, 1e-8),
    ),
    fours(8_000).map(
      (n): Work =>
        (kernel) =>
          kernel.descend(place(0), place(0) + n * 4, place(1), place(2), 0.01, 0.1, 0.9),
    ),
  )
  // Companions that work in this thread; those that are not up leave their part to the caller.
  const upOrNot = fc.array(fc.boolean(), { maxLength: 4 })
  fc.assert(
    fc.property(works, upOrNot, (work, ups) => {
      sharedEqualsAlone(work, (memory) => {
        const kernel = openNetworkKernel(code, memory)
        return ups.map((up) => ({
          ask: (number, args) => up && runKernelWork(kernel, number, Float64Array.from(args)) === 0,
          wait: () => 0,
          close: () => {},
        }))
      })
    }),
    { numRuns: 30 },
  )
})

test('another thread does its part, to the bit', async () => {
  const { memory, values, kernel } = open()
  values.fill(0, 0, 256)
  const workerData: KernelShared = { memory, code, control: 16 }
  const companion = startCompanion({
    ...{ name: 'companion', module: new URL('./kernel-helper.ts', import.meta.url) },
    ...{ workerData, buffer: memory.buffer, control: 16 },
  })
  let asked = 0
  const counted: Companion = {
    ...companion,
    ask: (work, args) => {
      const taken = companion.ask(work, args)
      if (taken) asked++
      return taken
    },
  }
  const shared = shareKernel(kernel, [counted])
  const work = multiply(64, 70, 64)
  while (asked === 0) {
    work(shared)
    await sleep(5)
  }
  companion.close()
  const alone = open()
  work(shareKernel(alone.kernel, []))
  expect(Buffer.from(memory.buffer, 1024).equals(Buffer.from(alone.memory.buffer, 1024))).toBe(true)
})
