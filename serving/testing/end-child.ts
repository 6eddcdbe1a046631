import type { ChildProcess } from 'node:child_process'

/** Ends a process a test started, and waits until it has: what it still writes would come in the way of its folder's removal. */
export async function endChild(
  child: ChildProcess | undefined,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  if (child.kill(signal)) await ended
}
