import type { Epoch } from '../../../shared/catalog/version.ts'
import { type EncodedModel, encodeDenseModel } from '../../../shared/models/encode-dense-model.ts'
import type { DenseModelSpec } from '../../../shared/models/model-spec.ts'
import type { TrainerInput } from '../trainer-messages.ts'
import { fitConditioning, foldConditioning } from './conditioned-inputs.ts'
import type { FitRequest } from './fit-request.ts'
import { fitTargetScale, foldTargetScale, scaleTarget } from './target-scale.ts'
import { trainFullBatch } from './train-full-batch.ts'
import { trainMinibatch } from './train-minibatch.ts'

const heads = { binary: 'sigmoid', multiclass: 'softmax', regression: 'linear' } as const

/** Fits a linear, logistic or dense model on a started tensor backend. */
export function fitDense(
  input: TrainerInput,
  model: DenseModelSpec,
  onEpoch: (epoch: Epoch, of: number) => void,
): EncodedModel {
  const { signature, pipeline, train, validation } = input
  const { task } = signature
  const scale = fitTargetScale(task, train.target)
  // Reported in the target's own unit squared; the optimisers halve the squared error of the scaled target.
  const unit = task === 'regression' ? 2 * scale.deviation ** 2 : 1
  const request: FitRequest = {
    task,
    model,
    pipeline,
    outputs: task === 'multiclass' ? (signature.target.classes?.length ?? 0) : 1,
    headActivation: heads[task],
    seed: input.seed,
    train: { ...train, target: scaleTarget(train.target, scale) },
    validation: { ...validation, target: scaleTarget(validation.target, scale) },
    onEpoch({ epoch, loss, validationLoss }, epochs) {
      const inUnit = { epoch, loss: loss * unit, validationLoss: validationLoss && validationLoss * unit }
      onEpoch(inUnit, epochs)
    },
  }
  // A batch size or a learning rate asks for minibatches; else a convex problem is solved outright.
  const minibatches =
    model.kind === 'mlp' || model.batchSize !== undefined || model.learningRate !== undefined
  const conditioning = fitConditioning(pipeline, train, minibatches ? 'unscaled' : 'all')
  const layers = minibatches ? trainMinibatch(request, conditioning) : trainFullBatch(request, conditioning)
  layers[0] = foldConditioning(layers[0]!, conditioning)
  layers[layers.length - 1] = foldTargetScale(layers.at(-1)!, scale)
  return encodeDenseModel({ layers })
}
