import { Failure } from '../../shared/failure.ts'
import { databaseFailure } from './database.ts'

/**
 * What DuckDB threw while SQL of Slipway's own read what a user named: `subject` says what could not be done, and the
 * line of that SQL is left out, for the user did not write it.
 */
export function readingFailure(error: unknown, subject: string): Failure {
  const failure = databaseFailure(error)
  if (failure.code !== 'invalid-input') return failure
  const [why] = failure.message.split('\n\nLINE ')
  return new Failure('invalid-input', `${subject}: ${why}`, 'Correct the SQL or the data it is made from.')
}

/** Of a relation by its name in quotes. */
export function relationFailure(error: unknown, quoted: string): Failure {
  return readingFailure(error, `The relation ${quoted} cannot be read`)
}
