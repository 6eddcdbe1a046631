import { availableParallelism } from 'node:os'
import type { Epoch } from '../../../shared/catalog/version.ts'
import type { Coefficients } from '../../../shared/models/coefficients.ts'
import type { DenseLayer } from '../../../shared/models/dense-model.ts'
import { type DenseModelSpec, usesMinibatches } from '../../../shared/models/dense-spec.ts'
import { type EncodedModel, encodeDenseModel } from '../../../shared/models/encode-dense-model.ts'
import { countedRows, totalWeight, weighInput } from '../row-weights.ts'
import type { TrainerInput } from '../trainer-messages.ts'
import { chooseNetwork } from './choose-network.ts'
import { coefficientTable } from './coefficient-table.ts'
import { fitConditioning, foldConditioning } from './conditioned-inputs.ts'
import { fitExact } from './fit-exact.ts'
import { fitLikelihood } from './fit-likelihood.ts'
import type { FitRequest } from './fit-request.ts'
import type { FittedLine } from './fitted-line.ts'
import { mostGramInputs } from './gram.ts'
import { fitTargetScale, foldTargetScale, scaleTarget } from './target-scale.ts'
import { minibatchSettings, trainMinibatch } from './train-minibatch.ts'

const heads = { binary: 'sigmoid', multiclass: 'softmax', regression: 'linear' } as const

export interface FittedDense extends EncodedModel {
  /** Null for a network with hidden layers. */
  coefficients: Coefficients | null
}

type OnEpoch = (epoch: Epoch, of: number) => void

export interface DenseReport {
  /** What does the arithmetic: `none` where it is plain code, and which tfjs, if any. */
  onStart(started: { backend: string; tfjs: string | null }): void
  onEpoch: OnEpoch
}

function outputsOf({ signature }: TrainerInput): number {
  return signature.task === 'multiclass' ? (signature.target.classes?.length ?? 0) : 1
}

function toLayer(input: TrainerInput, { weights, biases }: FittedLine): DenseLayer {
  return {
    inputs: input.pipeline.width,
    outputs: outputsOf(input),
    kernel: Float32Array.from(weights),
    bias: Float32Array.from(biases),
    activation: heads[input.signature.task],
  }
}

/** Solves over all rows: outright where that can be done, else by iterations. */
function fitConvex(input: TrainerInput, model: DenseModelSpec, onEpoch: OnEpoch): FittedLine {
  const { signature, pipeline, train, validation } = input
  const { task } = signature
  const l1 = model.kind === 'mlp' ? 0 : (model.l1 ?? 0)
  const iterates = model.epochs !== undefined || model.patience !== undefined
  if (task === 'regression' && !iterates && pipeline.width <= mostGramInputs) {
    return fitExact(pipeline, train, l1, model.l2 ?? 0)
  }
  const scale = fitTargetScale(task, train)
  const unit = task === 'regression' ? 2 * scale.deviation ** 2 : 1
  const line = fitLikelihood({
    task,
    pipeline,
    outputs: outputsOf(input),
    train: { ...train, target: scaleTarget(train.target, scale) },
    validation: { ...validation, target: scaleTarget(validation.target, scale) },
    l1: l1 / scale.deviation,
    l2: model.l2 ?? (task === 'regression' || l1 > 0 ? 0 : 1 / totalWeight(train)),
    epochs: model.epochs ?? 1000,
    patience: model.patience ?? 0,
    onEpoch({ epoch, loss, validationLoss }, epochs) {
      onEpoch({ epoch, loss: loss * unit, validationLoss: validationLoss && validationLoss * unit }, epochs)
    },
  })
  return {
    ...line,
    weights: line.weights.map((value) => value * scale.deviation),
    biases: line.biases.map((value) => value * scale.deviation + scale.mean),
    penalty: { l1, l2: line.penalty.l2 },
  }
}

async function fitByMinibatches(
  input: TrainerInput,
  model: DenseModelSpec,
  { onStart, onEpoch }: DenseReport,
): Promise<DenseLayer[]> {
  const { signature, pipeline, train, validation } = input
  const { task } = signature
  const scale = fitTargetScale(task, train)
  // Reported in the target's own unit squared; the optimisers halve the squared error of the scaled target.
  const unit = task === 'regression' ? 2 * scale.deviation ** 2 : 1
  const request: FitRequest = {
    task,
    pipeline,
    outputs: outputsOf(input),
    headActivation: heads[task],
    seed: input.seed,
    train: { ...train, target: scaleTarget(train.target, scale) },
    validation: { ...validation, target: scaleTarget(validation.target, scale) },
    onEpoch({ epoch, loss, validationLoss }, epochs) {
      onEpoch({ epoch, loss: loss * unit, validationLoss: validationLoss && validationLoss * unit }, epochs)
    },
  }
  const conditioning = fitConditioning(pipeline, train, 'unscaled')
  const settings = minibatchSettings(model, countedRows(train).length)
  const { createNetwork, ...started } = await chooseNetwork(
    settings,
    pipeline.width,
    request.outputs,
    input.threads ?? availableParallelism(),
  )
  onStart(started)
  const layers = trainMinibatch(request, conditioning, settings, createNetwork)
  layers[0] = foldConditioning(layers[0]!, conditioning)
  layers[layers.length - 1] = foldTargetScale(layers.at(-1)!, scale)
  return layers
}

/** Minibatches leave no certainty, but a linear or logistic model still has coefficients to show. */
function lineOf(layer: DenseLayer, model: DenseModelSpec): FittedLine {
  return {
    outputs: layer.outputs,
    weights: Float64Array.from(layer.kernel),
    biases: Float64Array.from(layer.bias),
    dependent: [],
    certainty: null,
    withoutCertainty:
      'Minibatch training ends near the best coefficients, not at them; leave out the keys of minibatches to get standard errors.',
    penalty: { l1: 0, l2: model.l2 ?? 1e-4 },
    notes: [],
  }
}

/** Fits a linear, logistic or dense model. */
export async function fitDense(
  input: TrainerInput,
  model: DenseModelSpec,
  report: DenseReport,
): Promise<FittedDense> {
  const { signature, pipeline } = input
  const weighted = weighInput(input, model.kind === 'linear' ? undefined : model.classWeights)
  const layers: DenseLayer[] = []
  let line: FittedLine | null = null
  if (usesMinibatches(model)) {
    layers.push(...(await fitByMinibatches(weighted, model, report)))
    if (model.kind !== 'mlp') line = lineOf(layers[0]!, model)
  } else {
    report.onStart({ backend: 'none', tfjs: null })
    line = fitConvex(weighted, model, report.onEpoch)
    layers.push(toLayer(input, line))
  }
  return {
    ...encodeDenseModel({ layers }),
    coefficients: line && coefficientTable(line, pipeline, signature, countedRows(weighted.train).length),
  }
}
