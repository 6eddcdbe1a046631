import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { FeaturesSpec } from '../../../shared/features/column-spec.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { snapshotColumn } from '../take-snapshot.ts'
import { fitColumn } from './fit-column.ts'
import type { FitRows } from './fit-rows.ts'
import type { FittedColumn } from './fitted-column.ts'
import { imputationOf } from './imputation-of.ts'
import { interactionsOf } from './interactions.ts'
import { profileNumbers } from './profile-numbers.ts'

/**
 * Fits a pipeline inside the database, on rows that have the features in their order as `rows.columns`, else as `c0`, `c1`, ….
 *
 * @param onColumn is called before each column with the share that is done, 0 to 1
 */
export async function fitPipeline(
  rows: FitRows,
  features: readonly FeatureColumn[],
  spec: FeaturesSpec | undefined,
  onColumn: (done: number) => void = () => undefined,
): Promise<{ pipeline: Pipeline; fitted: FittedColumn[] }> {
  const columnOf = (i: number) => rows.columns?.[i] ?? snapshotColumn(i)
  const numeric = features.flatMap((feature, i) =>
    feature.type === 'numeric' || feature.type === 'timestamp'
      ? [{ column: columnOf(i), median: imputationOf(feature) === 'median' }]
      : [],
  )
  const profiled = { ...rows, profiles: await profileNumbers(rows, numeric) }
  const fitted: FittedColumn[] = []
  for (const [i, feature] of features.entries()) {
    onColumn(i / features.length)
    fitted.push(await fitColumn(profiled, columnOf(i), feature))
  }
  const encoders = fitted.map((column) => column.encoder)
  return { pipeline: assemblePipeline(encoders, interactionsOf(spec?.interactions ?? [], encoders)), fitted }
}
