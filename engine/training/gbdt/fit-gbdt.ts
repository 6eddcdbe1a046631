import { availableParallelism } from 'node:os'
import type { Epoch } from '../../../shared/catalog/version.ts'
import { Failure } from '../../../shared/failure.ts'
import { compilePipeline } from '../../../shared/features/compile-pipeline.ts'
import { encodeGbdtModel } from '../../../shared/models/gbdt/encode-gbdt-model.ts'
import type { GbdtObjective } from '../../../shared/models/gbdt/tree-model.ts'
import type { GbdtSpec } from '../../../shared/models/model-spec.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import { weighInput } from '../row-weights.ts'
import type { TrainerInput } from '../trainer-messages.ts'
import { categoriesOfInputs, monotoneInputs } from './describe-inputs.ts'
import { type GbdtParameters, gbdtDefaults } from './gbdt-parameters.ts'
import { rowsOfPart } from './rows-of-part.ts'
import { trainGbdt } from './train-gbdt.ts'

/** Fewer rows are trained on before a second thread is up. */
const rowsForTwoThreads = 100_000

const regressions: Record<NonNullable<GbdtSpec['objective']>, GbdtObjective> = {
  squared: 'reg:squarederror',
  absolute: 'reg:absoluteerror',
  poisson: 'count:poisson',
  quantile: 'reg:quantileerror',
}

function objectiveOf(task: Task, model: GbdtSpec): GbdtObjective {
  if (task === 'binary') return 'binary:logistic'
  if (task === 'multiclass') return 'multi:softprob'
  return regressions[model.objective ?? (model.quantile === undefined ? 'squared' : 'quantile')]
}

/** The parameters of a train cell's model; with `maxLeaves` alone, depth has no limit. */
export function gbdtParameters(
  task: Task,
  model: GbdtSpec,
  seed: number,
  monotone: readonly number[] = [],
): GbdtParameters {
  const defaults = gbdtDefaults
  return {
    objective: objectiveOf(task, model),
    maxDepth: model.maxDepth ?? (model.maxLeaves === undefined ? defaults.maxDepth : 0),
    quantile: model.quantile ?? defaults.quantile,
    trees: model.trees ?? defaults.trees,
    learningRate: model.learningRate ?? defaults.learningRate,
    maxLeaves: model.maxLeaves ?? defaults.maxLeaves,
    minChildWeight: model.minChildWeight ?? defaults.minChildWeight,
    l1: model.l1 ?? defaults.l1,
    l2: model.l2 ?? defaults.l2,
    gamma: model.gamma ?? defaults.gamma,
    subsample: model.subsample ?? defaults.subsample,
    colsample: model.colsample ?? defaults.colsample,
    monotone,
    maxCatToOnehot: model.maxCatToOnehot ?? defaults.maxCatToOnehot,
    maxBins: model.maxBins ?? defaults.maxBins,
    patience: model.patience ?? defaults.patience,
    seed,
  }
}

function checkCounts(target: ArrayLike<number>, name: string): void {
  let least = 0
  for (let r = 0; r < target.length; r++) least = Math.min(least, target[r]!)
  if (least === 0) return
  throw new Failure(
    'invalid-input',
    `The objective "poisson" counts; target "${name}" goes down to ${least}.`,
    'Use "objective": "squared".',
    'model.objective',
  )
}

/** Fits boosted trees on the inputs that the pipeline makes; returns the contents of `model.json`. */
export function fitGbdt(
  input: TrainerInput,
  model: GbdtSpec,
  onEpoch: (epoch: Epoch, of: number) => void,
): string {
  const { signature, pipeline, ...parts } = weighInput(input, model.classWeights)
  const { task } = signature
  const compiled = compilePipeline(pipeline)
  const train = rowsOfPart(parts.train, pipeline, compiled)
  if (train.rows === 0) {
    throw new Failure(
      'invalid-input',
      `Every row that is trained on weighs 0 (${parts.train.rows.toLocaleString('en-US')} rows), so there is nothing to learn from.`,
      'Give more rows, or more classes, a weight above 0, or change the split.',
      model.classWeights === undefined ? 'weight' : 'model.classWeights',
    )
  }
  const parameters = gbdtParameters(task, model, input.seed, monotoneInputs(model, pipeline, task))
  if (parameters.objective === 'count:poisson') checkCounts(train.target, signature.target.name)
  const cores = input.threads ?? availableParallelism()
  const threads = cores > 1 && train.rows >= rowsForTwoThreads ? 2 : 1
  const fitted = trainGbdt({
    parameters,
    groups: task === 'multiclass' ? (signature.target.classes?.length ?? 0) : 1,
    train,
    validation: rowsOfPart(parts.validation, pipeline, compiled),
    threads,
    categories: categoriesOfInputs(pipeline),
    onRound: onEpoch,
  })
  return encodeGbdtModel(fitted)
}
