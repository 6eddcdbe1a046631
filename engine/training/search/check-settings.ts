import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { Encoder } from '../../../shared/features/pipeline.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import type { Session } from '../../data/database.ts'
import { chooseFeatures, type FeatureColumn } from '../choose-columns.ts'
import { checkFeatures } from '../features/check-features.ts'
import { checkFrequencies } from '../features/check-frequencies.ts'
import { checkWidth } from '../features/check-width.ts'
import { fitColumn } from '../features/fit-column.ts'
import type { FitRows } from '../features/fit-rows.ts'
import { imputationOf } from '../features/imputation-of.ts'
import { interactionsOf } from '../features/interactions.ts'
import { profileNumbers } from '../features/profile-numbers.ts'
import { monotoneInputs } from '../gbdt/describe-inputs.ts'
import { columnOf, type OpenedData, type ReportStep } from '../open-data.ts'
import { countedSql } from '../sample-weights.ts'
import { parts, splitTable } from '../split-rows.ts'
import { ofTrial } from './blame-trial.ts'
import type { DrawnTrial } from './draw-trials.ts'

/** Whether a parameter decides what the features become, or is held to what they are. */
const isOfFeatures = (name: string): boolean => /^(features\.|model\.(kind$|monotone))/.test(name)

const settingOf = ({ features, model }: TrainSpec): string =>
  JSON.stringify([features, model?.kind, model?.kind === 'gbdt' ? model.monotone : null])

const keyOf = ({ name, type, spec, trees }: FeatureColumn): string =>
  JSON.stringify([name, type, spec, trees])

/** Profiles of all columns of numbers at once, with the medians that any of the features wants. */
async function withProfiles(
  rows: FitRows,
  opened: OpenedData,
  features: Iterable<FeatureColumn>,
): Promise<FitRows> {
  const medians = new Map<string, boolean>()
  for (const feature of features) {
    if (feature.type !== 'numeric' && feature.type !== 'timestamp') continue
    const column = columnOf(opened, feature)
    medians.set(column, medians.get(column) === true || imputationOf(feature) === 'median')
  }
  const columns = Array.from(medians, ([column, median]) => ({ column, median }))
  return { ...rows, profiles: await profileNumbers(rows, columns) }
}

/**
 * Fits the features of every trial once on the training rows of the version, each column and setting once, so that a
 * value that the data or the other settings do not allow is refused before anything is trained.
 *
 * @throws Failure naming the parameter and its value, or the cell's own key where that is what is wrong
 */
export async function checkSettings(
  session: Session,
  opened: OpenedData,
  spec: TrainSpec,
  drawn: readonly DrawnTrial[],
  report: ReportStep,
): Promise<void> {
  const trials = [...new Map(drawn.map((trial) => [settingOf(trial.spec), trial])).values()]
  if (!Object.keys(trials[0]?.parameters ?? {}).some(isOfFeatures)) return
  report('checking the settings of the search', 0.05)
  const { resolved, weight, columns, counts } = opened
  const { task } = resolved
  const features = new Map<string, FeatureColumn>()
  for (const trial of trials) {
    for (const feature of chooseFeatures(trial.spec, columns)) features.set(keyOf(feature), feature)
  }
  const where = countedSql(`part = ${parts.train}`, weight)
  const classes = resolved.classes.map((one) => String(one.label))
  const rows = await withProfiles(
    { session, table: splitTable, where, task, classes },
    opened,
    features.values(),
  )

  const fitted = new Map<string, Encoder>()
  const encoderOf = async (feature: FeatureColumn): Promise<Encoder> => {
    const known = fitted.get(keyOf(feature))
    if (known) return known
    report('checking the settings of the search', 0.05)
    const column = columnOf(opened, feature)
    if (feature.spec.constraints) {
      await checkFeatures(session, splitTable, [feature], opened.rows, () => column)
    }
    await checkFrequencies(session, splitTable, where, [feature], () => column)
    const { encoder } = await fitColumn(rows, column, feature)
    fitted.set(keyOf(feature), encoder)
    return encoder
  }
  const own = new Set(chooseFeatures(spec, columns).map(keyOf))
  for (const trial of trials) {
    const chosen = chooseFeatures(trial.spec, columns)
    for (const feature of chosen) if (own.has(keyOf(feature))) await encoderOf(feature)
    await ofTrial(trial, async () => {
      const encoders: Encoder[] = []
      for (const feature of chosen) encoders.push(await encoderOf(feature))
      const { features: asked, model } = trial.spec
      const pipeline = assemblePipeline(encoders, interactionsOf(asked?.interactions ?? [], encoders))
      checkWidth(pipeline, counts.train + counts.validation + counts.test)
      if (model?.kind === 'gbdt') monotoneInputs(model, pipeline, task)
    })
  }
}
