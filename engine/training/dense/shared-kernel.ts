/**
 * HOT LOOP: the large products and steps of a network's training, cut into parts for several threads (benchmark:
 * bench/mlp.ts).
 *
 * A product is cut by the rows of its result and a step by its weights, so every number is the sum of the same terms
 * in the same order on however many threads.
 */
import type { Companion } from '../threads/companion.ts'
import { kernelWork } from './kernel-work.ts'
import type { NetworkKernel } from './network-kernel.ts'

/** Multiplications, and weights of a step, from which a part is worth its handing over (about a microsecond). */
const smallestProduct = 40_000
const smallestStep = 8_000

/** Rows of a product and floats of a step are worked on by fours. */
const block = 4

export interface SharedKernel extends NetworkKernel {
  /** Whether companions take part from here on; at first they do. */
  share(yes: boolean): void
}

/** A kernel whose large pieces of work are done together with companions. */
export function shareKernel(kernel: NetworkKernel, companions: readonly Companion[]): SharedKernel {
  let shares = companions.length > 0
  const parts = companions.length + 1
  const asked: Companion[] = []
  /** @param argsOf what it takes to do the blocks `from … to` */
  const together = <A extends readonly number[]>(
    blocks: number,
    work: number,
    argsOf: (from: number, to: number) => A,
    run: (...args: A) => void,
  ) => {
    const cut = (part: number) => Math.floor((blocks * part) / parts)
    companions.forEach((companion, c) => {
      const [from, to] = [cut(c + 1), cut(c + 2)]
      if (from === to) return
      const args = argsOf(from, to)
      if (companion.ask(work, args)) asked.push(companion)
      else run(...args)
    })
    run(...argsOf(0, cut(1)))
    for (const companion of asked) companion.wait()
    asked.length = 0
  }
  return {
    ...kernel,
    share(yes) {
      shares = yes && companions.length > 0
    },
    multiply(...whole) {
      const [a, aRow, aStep, depth, b, bRow, c, cRow, rows, widthBytes, start] = whole
      if (!shares || depth * rows * (widthBytes / 4) < smallestProduct) return kernel.multiply(...whole)
      const argsOf = (from: number, to: number): typeof whole => {
        const [skip, some] = [from * block, (to - from) * block]
        return [a + skip * aRow, aRow, aStep, depth, b, bRow, c + skip * cRow, cRow, some, widthBytes, start]
      }
      together(rows / block, kernelWork.multiply, argsOf, kernel.multiply)
    },
    adam(...whole) {
      const [weights, end, gradient, first, second, ...rest] = whole
      const floats = (end - weights) / 4
      if (!shares || floats < smallestStep) return kernel.adam(...whole)
      const argsOf = (from: number, to: number): typeof whole => {
        const [skip, stop] = [from * block * 4, to * block * 4]
        return [weights + skip, weights + stop, gradient + skip, first + skip, second + skip, ...rest]
      }
      together(floats / block, kernelWork.adam, argsOf, kernel.adam)
    },
    descend(...whole) {
      const [weights, end, gradient, velocity, ...rest] = whole
      const floats = (end - weights) / 4
      if (!shares || floats < smallestStep) return kernel.descend(...whole)
      const argsOf = (from: number, to: number): typeof whole => {
        const [skip, stop] = [from * block * 4, to * block * 4]
        return [weights + skip, weights + stop, gradient + skip, velocity + skip, ...rest]
      }
      together(floats / block, kernelWork.descend, argsOf, kernel.descend)
    },
  }
}
