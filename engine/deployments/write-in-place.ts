import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'

export const removedFailure = (name: string): Failure =>
  new Failure(
    'conflict',
    `The deployment ${name} was removed from elsewhere.`,
    'Deploy a bundle under this name again.',
  )

/**
 * Replaces a file of a deployment, of which the folder is there: one that another process has removed does not come
 * back, half of it, because somebody still writes to it.
 *
 * @throws Failure `conflict` where it was removed
 */
export async function writeInPlace(path: string, text: string): Promise<void> {
  const folder = dirname(path)
  const assertThere = () => {
    if (!existsSync(folder)) throw removedFailure(basename(folder))
  }
  assertThere()
  try {
    await atomicWrite(path, text)
  } catch (error) {
    assertThere()
    throw error
  }
}
