/** The trainer thread: fits one model on the columns it was started with, posts its progress and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { decode } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { encodeDenseModel } from '../../shared/models/encode-dense-model.ts'
import { parseDenseModel } from '../../shared/models/parse-dense-model.ts'
import { createPredictor } from '../../shared/models/predictor.ts'
import { fitConditioning, foldConditioning } from './conditioned-inputs.ts'
import { evaluateModel } from './evaluate-model.ts'
import type { FitRequest } from './fit-request.ts'
import { fitTargetScale, foldTargetScale, scaleTarget } from './target-scale.ts'
import { startTensorBackend } from './tensor-backend.ts'
import { trainFullBatch } from './train-full-batch.ts'
import { trainMinibatch } from './train-minibatch.ts'
import { type TrainerInput, type TrainerMessage, trainerInputSchema } from './trainer-messages.ts'

const heads = { binary: 'sigmoid', multiclass: 'softmax', regression: 'linear' } as const

function fitModel(input: TrainerInput, post: (message: TrainerMessage) => void) {
  const { signature, pipeline, model, train, validation } = input
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
      post({ kind: 'epoch', epoch: inUnit, epochs })
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

async function train(post: (message: TrainerMessage) => void): Promise<void> {
  const input = decode(trainerInputSchema, workerData, 'The training request')
  post({ kind: 'started', ...(await startTensorBackend()) })
  const encoded = fitModel(input, post)
  // Read back from its own file format: what is measured is what will be stored and served.
  const predictor = createPredictor({
    signature: input.signature,
    pipeline: input.pipeline,
    model: parseDenseModel(encoded.json, encoded.weights),
  })
  const evaluated = evaluateModel(predictor, input.train, input.test)
  post({ kind: 'done', modelJson: encoded.json, weights: encoded.weights, ...evaluated })
}

const port = parentPort
if (!port) throw new Error('The trainer runs as a worker thread.')
try {
  await train((message) => port.postMessage(message))
} catch (error) {
  if (!(error instanceof Failure)) throw error
  port.postMessage({ kind: 'failed', failure: error.toData() } satisfies TrainerMessage)
}
