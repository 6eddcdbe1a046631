/** The trainer thread: fits one model on the columns it was started with, posts its progress and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Epoch } from '../../shared/catalog/version.ts'
import { decode } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import type { Coefficients } from '../../shared/models/coefficients.ts'
import { openPredictor } from '../../shared/models/open-predictor.ts'
import { modelEngines } from '../scoring/model-engines.ts'
import { evaluateModel, measureModel } from './evaluate-model.ts'
import { fitGbdt } from './gbdt/fit-gbdt.ts'
import { type TrainerInput, type TrainerMessage, trainerInputSchema } from './trainer-messages.ts'

/** Weights are null where the model's JSON holds everything. */
interface Fitted {
  modelJson: string
  weights: Uint8Array | null
  coefficients: Coefficients | null
}

async function fitModel(input: TrainerInput, post: (message: TrainerMessage) => void): Promise<Fitted> {
  const { model, given } = input
  if (given) {
    const { acceptGiven } = await import('./given/accept-given.ts')
    const accepted = await acceptGiven(input, given)
    post({ kind: 'started', backend: accepted.backend, tfjs: accepted.tfjs })
    return { ...accepted.model, coefficients: null }
  }
  if (model.kind === 'tfjs') throw new Error('A model of kind tfjs is given, not trained.')
  const onEpoch = (epoch: Epoch, epochs: number) => post({ kind: 'epoch', epoch, epochs })
  if (model.kind === 'gbdt') {
    post({ kind: 'started', backend: 'none', tfjs: null })
    return { modelJson: fitGbdt(input, model, onEpoch), weights: null, coefficients: null }
  }
  // Loaded only for whom it trains.
  const { fitDense } = await import('./dense/fit-dense.ts')
  const onStart = (started: { backend: string; tfjs: string | null }) => post({ kind: 'started', ...started })
  const { json, weights, coefficients } = await fitDense(input, model, { onStart, onEpoch })
  return { modelJson: json, weights, coefficients }
}

async function train(post: (message: TrainerMessage) => void): Promise<void> {
  const input = decode(trainerInputSchema, workerData, 'The training request')
  const { modelJson, weights, coefficients } = await fitModel(input, post)
  // Read back from its own file format: what is measured is what will be stored and served.
  const predictor = await openPredictor(
    {
      signature: input.signature,
      pipeline: input.pipeline,
      modelJson,
      weights,
    },
    modelEngines,
  )
  if (input.metricsOnly) {
    post({ kind: 'measured', metrics: measureModel(predictor, input.test) })
    return
  }
  const evaluated = evaluateModel(predictor, input.train, input.test, input.keepRows)
  post({ kind: 'done', modelJson, weights, coefficients, ...evaluated })
}

const port = parentPort
if (!port) throw new Error('The trainer runs as a worker thread.')
try {
  await train((message) => port.postMessage(message))
} catch (error) {
  if (!(error instanceof Failure)) throw error
  port.postMessage({ kind: 'failed', failure: error.toData() } satisfies TrainerMessage)
}
