import { readFileSync } from 'node:fs'

/** The most memory that this process ever held, in bytes. */
export function peakMemory(): number {
  try {
    // What the system says of usage begins with the peak of the process that started this one.
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes !== undefined) return Number(kilobytes) * 1024
  } catch {
    // Only Linux has it.
  }
  return process.resourceUsage().maxRSS * 1024
}
