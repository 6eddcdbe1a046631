import { found } from '../../../shared/decoding/found.ts'
import { Failure } from '../../../shared/failure.ts'
import type { DrawnTrial } from './draw-trials.ts'

const overlap = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)

/** The parameters that a failure is about by its path; all of the trial where the path says nothing. */
function blamed({ path }: Failure, parameters: DrawnTrial['parameters']): string[] {
  const names = Object.keys(parameters)
  const place = path?.replace(/\[.*/, '') ?? ''
  const about = names.filter((name) => overlap(name, place))
  return about.length > 0 ? about : names
}

/**
 * A check of one trial's settings, whose refusal names the search's parameters and the values that do not fit; the
 * cell's own settings are to be checked before.
 */
export async function ofTrial<T>(
  { parameters }: Pick<DrawnTrial, 'parameters'>,
  check: () => T | Promise<T>,
): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'invalid-input') throw error
    const names = blamed(error, parameters)
    const values = names.map((name) => `"${name}": ${found(parameters[name])}`)
    throw new Failure(
      'invalid-input',
      `search.parameters: ${values.join(' with ')} cannot be tried. ${error.message}`,
      error.whatToDo,
      `search.parameters.${names[0]}`,
    )
  }
}
