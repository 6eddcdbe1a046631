import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { isMissing } from './catalog-folders.ts'

/**
 * The text of a file that belongs to the catalog.
 *
 * @param what has the file, as in `model churn version 3`
 * @throws Failure `integrity` where it is missing or cannot be read
 */
export async function readWhole(path: string, what: string, whatToDo: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const problem = isMissing(error) ? 'has no' : 'does not let us read its'
    throw new Failure('integrity', `The ${what} ${problem} ${basename(path)}.`, whatToDo)
  }
}
