import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Session } from '../../data/database.ts'
import { chooseFeatures } from '../choose-columns.ts'
import type { OpenedData } from '../open-data.ts'
import { snapshotColumn } from '../take-snapshot.ts'
import { checkDuplicates } from './duplicate-rows.ts'
import { checkFutureTimestamp, targetTimeOf } from './future-timestamps.ts'
import { checkIdentifier } from './identifiers.ts'
import { checkSingleFeature } from './single-features.ts'

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
  const { columns, features, resolved, target, quoted } = opened
  const targetTime = targetTimeOf(spec, columns)
  const used = new Set(chooseFeatures(spec, columns).map(({ name }) => name))
  const warnings: (LeakageWarning | null)[] = []
  const seen = new Set<string>()
  for (const [i, feature] of features.entries()) {
    // A search may try a column in several types; its values are the same.
    if (!used.has(feature.name) || seen.has(feature.name)) continue
    seen.add(feature.name)
    throwIfStopped()
    const column = snapshotColumn(i)
    warnings.push(await checkIdentifier(session, column, feature, quoted))
    warnings.push(await checkSingleFeature(session, column, feature, resolved, target.name))
    if (targetTime) warnings.push(await checkFutureTimestamp(session, feature, targetTime, quoted))
  }
  throwIfStopped()
  warnings.push(await checkDuplicates(session, features.length))
  return warnings.filter((warning) => warning !== null)
}
