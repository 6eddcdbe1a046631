import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** What is done here takes milliseconds: a claim that stands longer is that of a process that was killed. */
const usualPatienceMs = 5_000

/**
 * Does short work on a folder while no other process does. The claim is a folder in it, which every file system makes
 * for one of many only; one that was left behind is waited for once, and taken away then.
 */
export async function oneAtATime<T>(
  folder: string,
  work: () => Promise<T>,
  patienceMs = usualPatienceMs,
): Promise<T> {
  const claim = join(folder, '.changing')
  const deadline = performance.now() + patienceMs
  const isTaken = () =>
    mkdir(claim).then(
      () => false,
      // A folder that is gone, or cannot be written, is for the work to tell of.
      (error) => error.code === 'EEXIST',
    )
  while ((await isTaken()) && performance.now() < deadline) await wait(10)
  try {
    return await work()
  } finally {
    await rmdir(claim).catch(() => {})
  }
}
