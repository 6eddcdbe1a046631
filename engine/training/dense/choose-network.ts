import type { Network, NetworkSpec } from './network.ts'
import type { MinibatchSettings } from './train-minibatch.ts'

export interface ChosenNetwork {
  backend: string
  /** Null where tfjs takes no part. */
  tfjs: string | null
  createNetwork: (spec: NetworkSpec) => Network
}

/** Multiplications per step from which native TensorFlow gains more than its calls cost. */
const largeStep = 2e9

/** Multiplications per step from which another thread may save more than handing work over costs. */
const sharedStep = 400_000

/** More than this share too little work each. */
const mostThreads = 4

/**
 * Our own kernel, which has no cost per operation; native TensorFlow, where it is installed, for steps that are large
 * enough to be worth its calls (docs/decisions/0029).
 *
 * @param threads that may be used beside each other, this one among them
 */
export async function chooseNetwork(
  settings: MinibatchSettings,
  width: number,
  outputs: number,
  threads: number,
): Promise<ChosenNetwork> {
  const sizes = [width, ...settings.layers, outputs]
  const weights = sizes.slice(1).reduce((sum, units, l) => sum + units * sizes[l]!, 0)
  const step = 3 * settings.batchSize * weights
  if (step >= largeStep) {
    // Loaded only for whom it trains: tfjs takes longer to start than a small network to train.
    const { startNativeBackend } = await import('./tensor-backend.ts')
    const started = await startNativeBackend()
    if (started) {
      const { createTensorNetwork } = await import('./tensor-network.ts')
      return { ...started, createNetwork: createTensorNetwork }
    }
  }
  const { createKernelNetwork } = await import('./kernel-network.ts')
  const count = step >= sharedStep ? Math.min(threads, mostThreads) : 1
  return {
    backend: 'slipway-simd',
    tfjs: null,
    createNetwork: (spec) => createKernelNetwork(spec, count),
  }
}
