/** HOT LOOP: epochs over shuffled minibatches (benchmark: bench/mlp.ts). */
import { Failure } from '../../../shared/failure.ts'
import type { DenseModelSpec, LearningRateSchedule } from '../../../shared/models/dense-spec.ts'
import { countedRows, totalWeight } from '../row-weights.ts'
import { seededRandom, shuffle } from '../seeded-random.ts'
import type { Part } from '../trainer-messages.ts'
import { type Conditioning, createInputMaker } from './conditioned-inputs.ts'
import type { FitRequest, FittedLayers } from './fit-request.ts'
import { headLoss } from './head-loss.ts'
import { learningRateOf } from './learning-rate.ts'
import { foldNetwork, type Hidden, type LayerState, type Network, type NetworkSpec } from './network.ts'

/** Inputs up to this size are made once and kept; beyond it they are made for every batch. */
const residentBytes = 1024 * 1024 * 1024

export interface MinibatchSettings {
  layers: number[]
  activation: Hidden
  dropout: number
  batchNorm: boolean
  optimizer: 'adam' | 'sgd'
  momentum: number
  schedule: LearningRateSchedule
  epochs: number
  batchSize: number
  learningRate: number
  l2: number
  patience: number
}

/** Batches grow with the data, so that an epoch has about fifty of them, within what Adam takes well. */
function defaultBatchSize(rows: number): number {
  const fiftieth = 2 ** Math.round(Math.log2(Math.max(rows / 50, 1)))
  return Math.min(Math.max(fiftieth, 32), 1024)
}

export function minibatchSettings(model: DenseModelSpec, rows: number): MinibatchSettings {
  const mlp = model.kind === 'mlp' ? model : null
  const optimizer = model.optimizer ?? 'adam'
  return {
    layers: mlp ? (mlp.layers ?? [64, 32]) : [],
    activation: mlp?.activation ?? 'relu',
    dropout: mlp?.dropout ?? 0,
    batchNorm: mlp?.batchNorm ?? false,
    optimizer,
    momentum: model.momentum ?? 0.9,
    schedule: model.learningRateSchedule ?? { kind: 'constant' },
    epochs: model.epochs ?? 100,
    batchSize: Math.min(model.batchSize ?? defaultBatchSize(rows), rows),
    learningRate: model.learningRate ?? (mlp && optimizer === 'adam' ? 0.001 : 0.01),
    l2: model.l2 ?? 1e-4,
    patience: model.patience ?? 10,
  }
}

interface Rows {
  /** Writes inputs, targets and weights of rows `order[from … to)` to where the network reads them. */
  load(order: Int32Array, from: number, to: number): void
}

function openRows(
  request: FitRequest,
  conditioning: Conditioning,
  part: Part,
  network: Network,
  target: Float64Array,
  weights: Float64Array | null,
  counted: number,
): Rows {
  const { width } = request.pipeline
  const maker = createInputMaker(request.pipeline, conditioning)
  const { inputs, stride } = network
  let whole: Float32Array | null = null
  if (part.rows * width * 4 <= residentBytes) {
    whole = new Float32Array(part.rows * width)
    const step = 4096
    for (let from = 0; from < part.rows; from += step) {
      whole.set(maker.range(part, from, Math.min(from + step, part.rows)), from * width)
    }
  }
  // Weights are handed on around 1, so that a step does not depend on their unit.
  const unit = part.weights ? counted / totalWeight(part) : 1
  return {
    load(order, from, to) {
      const made = whole ? null : maker.picked(part, order, from, to)
      for (let r = 0; r < to - from; r++) {
        const row = order[from + r]!
        target[r] = part.target[row]!
        if (weights) weights[r] = part.weights ? part.weights[row]! * unit : 1
        const source = made ?? whole!
        const start = (made ? r : row) * width
        const to = r * stride
        for (let i = 0; i < width; i++) inputs[to + i] = source[start + i]!
      }
    },
  }
}

/**
 * Trains by Adam or by gradient descent with momentum on shuffled minibatches, stopping when the validation loss (or,
 * without validation rows, the training loss) has not improved for `patience` epochs, and restores the best epoch's
 * weights. Batch normalisation is folded into the layers it answers with.
 *
 * @throws Failure `failed` when the loss is no longer finite
 */
export function trainMinibatch(
  request: FitRequest,
  conditioning: Conditioning,
  settings: MinibatchSettings,
  createNetwork: (spec: NetworkSpec) => Network,
): FittedLayers {
  const { pipeline, outputs, train, validation, task } = request
  const random = seededRandom(request.seed)
  // Rows that weigh nothing are in no batch: there they would take the places of others and move its normalisation.
  const order = countedRows(train)
  const inOrder = countedRows(validation)
  const capacity = Math.max(settings.batchSize, Math.min(inOrder.length, 512))
  const network = createNetwork({
    ...settings,
    task,
    sizes: [pipeline.width, ...settings.layers, outputs],
    capacity,
    random,
  })
  const target = new Float64Array(capacity)
  const weights = train.weights ? new Float64Array(capacity) : null
  const trainRows = openRows(request, conditioning, train, network, target, weights, order.length)
  const watchedRows = openRows(request, conditioning, validation, network, target, weights, inOrder.length)
  const rateOf = learningRateOf(settings.schedule, settings.learningRate, settings.epochs)
  const validate = (): number => {
    let sum = 0
    for (let from = 0; from < inOrder.length; from += capacity) {
      const to = Math.min(from + capacity, inOrder.length)
      watchedRows.load(inOrder, from, to)
      sum += headLoss(task, network.predict(to - from), target, 0, to - from, outputs, null, weights)
    }
    return sum / inOrder.length
  }
  let best: LayerState[] | null = null
  let bestLoss = Number.POSITIVE_INFINITY
  let worse = 0
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    const rate = rateOf(epoch, worse)
    shuffle(order, random)
    let sum = 0
    for (let from = 0; from < order.length; from += settings.batchSize) {
      const to = Math.min(from + settings.batchSize, order.length)
      trainRows.load(order, from, to)
      sum += network.step(to - from, target, weights, rate)
    }
    const loss = sum / order.length
    const validationLoss = inOrder.length > 0 ? validate() : null
    const watched = validationLoss ?? loss
    if (!Number.isFinite(loss) || !Number.isFinite(watched)) {
      throw new Failure(
        'failed',
        `Training diverged in epoch ${epoch}: the loss is no longer a finite number.`,
        `Use a smaller "learningRate" than ${settings.learningRate}, or scale the numeric features.`,
        'model.learningRate',
      )
    }
    request.onEpoch({ epoch, loss, validationLoss }, settings.epochs)
    if (watched < bestLoss) {
      bestLoss = watched
      if (settings.patience > 0) best = network.state()
      worse = 0
    } else worse++
    if (settings.patience > 0 && worse >= settings.patience) break
  }
  const layers = foldNetwork(best ?? network.state(), settings.activation, request.headActivation)
  network.dispose()
  return layers
}
