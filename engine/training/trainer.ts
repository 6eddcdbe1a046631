/** The trainer thread: fits one model on the columns it was started with, posts its progress and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Epoch } from '../../shared/catalog/version.ts'
import { decode } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { parseModel } from '../../shared/models/parse-model.ts'
import { createPredictor } from '../../shared/models/predictor.ts'
import { evaluateModel, measureModel } from './evaluate-model.ts'
import { fitGbdt } from './gbdt/fit-gbdt.ts'
import { type TrainerInput, type TrainerMessage, trainerInputSchema } from './trainer-messages.ts'

/** Weights are null where the model's JSON holds everything. */
interface Fitted {
  modelJson: string
  weights: Uint8Array | null
}

async function fitModel(input: TrainerInput, post: (message: TrainerMessage) => void): Promise<Fitted> {
  const { model } = input
  const onEpoch = (epoch: Epoch, epochs: number) => post({ kind: 'epoch', epoch, epochs })
  if (model.kind === 'gbdt') {
    post({ kind: 'started', backend: 'none', tfjs: null })
    return { modelJson: fitGbdt(input, model, onEpoch), weights: null }
  }
  // Loaded only for whom it trains: tfjs takes longer to start than small trees take to grow.
  const { startTensorBackend } = await import('./dense/tensor-backend.ts')
  const { fitDense } = await import('./dense/fit-dense.ts')
  post({ kind: 'started', ...(await startTensorBackend()) })
  const { json, weights } = fitDense(input, model, onEpoch)
  return { modelJson: json, weights }
}

async function train(post: (message: TrainerMessage) => void): Promise<void> {
  const input = decode(trainerInputSchema, workerData, 'The training request')
  const { modelJson, weights } = await fitModel(input, post)
  // Read back from its own file format: what is measured is what will be stored and served.
  const predictor = createPredictor({
    signature: input.signature,
    pipeline: input.pipeline,
    model: parseModel(modelJson, weights),
  })
  if (input.metricsOnly) {
    post({ kind: 'measured', metrics: measureModel(predictor, input.test) })
    return
  }
  const evaluated = evaluateModel(predictor, input.train, input.test, input.keepRows)
  post({ kind: 'done', modelJson, weights, ...evaluated })
}

const port = parentPort
if (!port) throw new Error('The trainer runs as a worker thread.')
try {
  await train((message) => port.postMessage(message))
} catch (error) {
  if (!(error instanceof Failure)) throw error
  port.postMessage({ kind: 'failed', failure: error.toData() } satisfies TrainerMessage)
}
