import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Session } from '../../data/database.ts'
import { chooseFeatures } from '../choose-columns.ts'
import type { OpenedData } from '../open-data.ts'
import { checkDuplicates } from './duplicate-rows.ts'
import { checkFutureTimestamps, targetTimeOf } from './future-timestamps.ts'
import { checkIdentifiers } from './identifiers.ts'
import { checkSingleFeatures } from './single-features.ts'

/**
 * Looks over the split rows for what makes metrics better than the model will be. A column gets one warning of a
 * kind; an empty list says that nothing was found, not that there is nothing.
 *
 * @param spec what is trained with: only its features are looked at
 */
export async function checkLeakage(
  session: Session,
  opened: OpenedData,
  spec: TrainSpec,
  throwIfStopped: () => void,
): Promise<LeakageWarning[]> {
  const { columns, counts, features, resolved, target, quoted } = opened
  const targetTime = targetTimeOf(spec, columns)
  const used = new Set(chooseFeatures(spec, columns).map(({ name }) => name))
  // A search may try a column in several types; its values are the same.
  const placed = features
    .map((feature, place) => ({ place, feature }))
    .filter(({ feature: { name } }) => used.delete(name))
  const rows = counts.train + counts.validation + counts.test
  const warnings = [
    ...(await checkIdentifiers(session, placed, quoted, rows, throwIfStopped)),
    ...(await checkSingleFeatures(session, placed, resolved, target.name, rows, throwIfStopped)),
    ...(targetTime ? await checkFutureTimestamps(session, placed, targetTime, quoted) : []),
  ]
  const places = new Map(placed.map(({ place, feature }) => [feature.name, place]))
  const placeOf = ({ column }: LeakageWarning) => places.get(column ?? '') ?? places.size
  warnings.sort((a, b) => placeOf(a) - placeOf(b))
  throwIfStopped()
  const duplicates = await checkDuplicates(session, features.length)
  return duplicates ? [...warnings, duplicates] : warnings
}
