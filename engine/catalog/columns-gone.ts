import { columnChanges } from '../../shared/catalog/diff-versions.ts'
import type { LeakageWarning } from '../../shared/catalog/training-results.ts'
import type { ModelVersion, TrainedRecord } from '../../shared/catalog/version.ts'

/** Names that a message carries; of thousands the rest is a number. */
const mostNamed = 10

/**
 * A warning where requests of the version before carry columns that this one does not read: with features by default
 * a column that is gone from the relation is gone from the model, and nothing fails. Null where none is gone.
 */
export function columnsGone(before: ModelVersion, record: TrainedRecord): LeakageWarning | null {
  const { gone } = columnChanges(before.signature, record.signature)
  const [first] = gone
  if (first === undefined) return null
  const named = gone.slice(0, mostNamed).map((name) => `"${name}"`)
  const more = gone.length - named.length
  const names = more > 0 ? `${named.join(', ')} and ${more.toLocaleString('en-US')} more` : named.join(', ')
  const one = gone.length === 1
  const them = one ? 'it' : 'them'
  return {
    kind: 'columns-gone',
    ...(one ? { column: first } : {}),
    message: `Version ${before.version} reads the ${one ? 'column' : 'columns'} ${names}; this one does not.`,
    whatToDo: record.provenance.imported
      ? 'If that was not meant, check that the file holds the model you wanted.'
      : `If that was not meant, select ${them} in ${record.spec.from} again; a train cell that names ${them} under features fails without ${them}.`,
  }
}
