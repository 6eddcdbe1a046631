import type { WasmCode, WasmMemory } from '../../../shared/wasm.ts'
import type { NetworkKernel } from './network-kernel.ts'

/** What a companion of a network's training is started with. */
export interface KernelShared {
  memory: WasmMemory
  code: WasmCode
  /** Where the companion's control block begins. */
  control: number
}

/** Work by number, as it is passed in shared memory; 0 is to stop. Its arguments are those of the kernel's function. */
export const kernelWork = { multiply: 1, adam: 2, descend: 3 } as const

/** Runs one piece of work that another thread asked for. */
export function runKernelWork(kernel: NetworkKernel, work: number, args: Float64Array): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0, k = 0] = args
  if (work === kernelWork.multiply) kernel.multiply(a, b, c, d, e, f, g, h, i, j, k)
  else if (work === kernelWork.adam) kernel.adam(a, b, c, d, e, f, g, h)
  else if (work === kernelWork.descend) kernel.descend(a, b, c, d, e, f, g)
  else throw new Error(`There is no work ${work}.`)
  return 0
}
