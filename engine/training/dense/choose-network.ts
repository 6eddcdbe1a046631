import type { Network, NetworkSpec } from './network.ts'
import type { MinibatchSettings } from './train-minibatch.ts'

export interface ChosenNetwork {
  backend: string
  /** Null where tfjs takes no part. */
  tfjs: string | null
  createNetwork: (spec: NetworkSpec) => Network
}

/** Multiplications per step from which native TensorFlow's threads gain more than its calls cost. */
const largeStep = 2e9

/**
 * Our own kernel, which has no cost per operation; native TensorFlow, where it is installed, for steps that are large
 * enough to be worth its calls (docs/decisions/0029).
 */
export async function chooseNetwork(
  settings: MinibatchSettings,
  width: number,
  outputs: number,
): Promise<ChosenNetwork> {
  const sizes = [width, ...settings.layers, outputs]
  const weights = sizes.slice(1).reduce((sum, units, l) => sum + units * sizes[l]!, 0)
  if (3 * settings.batchSize * weights >= largeStep) {
    // Loaded only for whom it trains: tfjs takes longer to start than a small network to train.
    const { startTensorBackend } = await import('./tensor-backend.ts')
    const started = await startTensorBackend()
    const { createTensorNetwork } = await import('./tensor-network.ts')
    return { ...started, createNetwork: createTensorNetwork }
  }
  const { createKernelNetwork } = await import('./kernel-network.ts')
  return { backend: 'slipway-simd', tfjs: null, createNetwork: createKernelNetwork }
}
