import { Failure } from '../../shared/failure.ts'
import { databaseFailure } from './database.ts'

/**
 * What DuckDB threw while SQL of Slipway's own read a relation: the relation is named, and the line of that SQL left
 * out, for the user wrote neither. `quoted` is the relation's name in quotes.
 */
export function relationFailure(error: unknown, quoted: string): Failure {
  const failure = databaseFailure(error)
  if (failure.code !== 'invalid-input') return failure
  const [why] = failure.message.split('\n\nLINE ')
  return new Failure(
    'invalid-input',
    `The relation ${quoted} cannot be read: ${why}`,
    'Correct the SQL or the data it is made from.',
  )
}
