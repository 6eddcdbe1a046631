import os from 'node:os'

/** What the server used since the last look, as shares. */
export interface Utilisation {
  cpu: number
  memory: number
  bandwidth: number
}

/** Running totals that shares are measured from. */
export interface Used {
  cpuSeconds: number
  memoryBytes: number
  bytes: number
}

/** Measures shares over the time between two calls that are at least a second apart. */
export function createUtilisationMeter(
  bandwidthMbps: number,
  now: () => number = () => performance.now(),
): (used: Used) => Utilisation {
  const constrained = process.constrainedMemory() || os.totalmem()
  const available = Math.min(constrained, os.totalmem())
  let last = { at: now(), cpuSeconds: 0, bytes: 0 }
  let shares: Utilisation | null = null
  return (used) => {
    const at = now()
    const seconds = (at - last.at) / 1000
    if (shares === null || seconds >= 1) {
      const elapsed = Math.max(seconds, 0.001)
      shares = {
        cpu: (used.cpuSeconds - last.cpuSeconds) / elapsed,
        memory: used.memoryBytes / available,
        bandwidth: ((used.bytes - last.bytes) * 8) / 1e6 / elapsed / bandwidthMbps,
      }
      last = { at, cpuSeconds: used.cpuSeconds, bytes: used.bytes }
    }
    return shares
  }
}
