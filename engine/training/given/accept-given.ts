import { Failure } from '../../../shared/failure.ts'
import { sliceRows } from '../../../shared/features/batch-buffers.ts'
import { compilePipeline } from '../../../shared/features/compile-pipeline.ts'
import { modelFormatOf, openScorer } from '../../../shared/models/parse-model.ts'
import type { Scorer } from '../../../shared/models/scorer.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { modelEngines } from '../../scoring/model-engines.ts'
import type { TrainerInput } from '../trainer-messages.ts'
import { withBlock } from './encode-given.ts'

type Given = NonNullable<TrainerInput['given']>

export interface AcceptedModel {
  model: Given
  backend: string
  tfjs: string | null
}

/** Held-out rows that the answers are looked at on. */
const rowsLookedAt = 512
/** How far the probabilities of a row may be from adding up to 1, in single precision. */
const sumTolerance = 1e-3

function refuse(message: string, whatToDo: string): Failure {
  return new Failure('invalid-input', message, whatToDo)
}

function checkWidths(scorer: Scorer, width: number, { task, target }: Signature): void {
  const classes = target.classes?.length ?? 0
  const outputs = task === 'multiclass' ? classes : 1
  if (scorer.inputs !== width) {
    throw refuse(
      `The model takes ${scorer.inputs} inputs; its features make ${width}.`,
      'Build it with inputShape: [features.width].',
    )
  }
  if (scorer.outputs === outputs) return
  const wanted = {
    regression: 'the predicted number',
    binary: `the probability of ${String(target.classes?.[1])}`,
    multiclass: `a probability for each of the ${classes} classes`,
  }
  throw refuse(
    `The model gives ${scorer.outputs} outputs; "${target.name}" is ${task} and needs ${outputs}: ${wanted[task]}.`,
    'End it with tf.layers.dense({ units: features.outputs, … }).',
  )
}

function checkAnswers(scores: Float64Array, rows: number, outputs: number, { task }: Signature): void {
  for (let r = 0; r < rows; r++) {
    let sum = 0
    for (let k = 0; k < outputs; k++) {
      const score = scores[r * outputs + k]!
      sum += score
      if (!Number.isFinite(score)) {
        throw refuse(
          `The model answers ${score} to held-out row ${r + 1}.`,
          'Check the activations and what it was trained on.',
        )
      }
      if (task !== 'regression' && (score < 0 || score > 1)) {
        throw refuse(
          `The model answers ${score} to held-out row ${r + 1}, which is no probability.`,
          `End it with the activation ${task === 'binary' ? 'sigmoid' : 'softmax'}.`,
        )
      }
    }
    if (task === 'multiclass' && Math.abs(sum - 1) > sumTolerance) {
      throw refuse(
        `The model's probabilities for held-out row ${r + 1} add up to ${sum}, not to 1.`,
        'End it with the activation softmax.',
      )
    }
  }
}

/** Whether rows get the same bits in another order, which puts each at another place among others. */
function placeMatters(scorer: Scorer, inputs: Float32Array, rows: number, scores: Float64Array): boolean {
  const { inputs: width, outputs } = scorer
  const turned = new Float32Array(rows * width)
  for (let r = 0; r < rows; r++) {
    turned.set(inputs.subarray(r * width, (r + 1) * width), ((r * 7 + 3) % rows) * width)
  }
  const own = new Float64Array(rows * outputs)
  scorer.score(turned, rows, own)
  for (let r = 0; r < rows; r++) {
    const at = (r * 7 + 3) % rows
    for (let k = 0; k < outputs; k++) {
      if (!Object.is(own[at * outputs + k], scores[r * outputs + k])) return true
    }
  }
  return false
}

/**
 * Looks at a model that was made elsewhere as it will be scored: its shape, its answers to held-out rows, and whether a
 * row's place among others changes a bit, in which case it is scored row by row.
 *
 * @throws Failure `invalid-input` naming what the model gives and what the task needs
 */
export async function acceptGiven(input: TrainerInput, given: Given): Promise<AcceptedModel> {
  const { pipeline, signature, test } = input
  const scorer = await openScorer(given.modelJson, given.weights, modelEngines)
  checkWidths(scorer, pipeline.width, signature)
  // No multiple of 7, so that turning rows reaches every place.
  const rows = test.rows < rowsLookedAt ? test.rows - (test.rows % 7 === 0 ? 1 : 0) : rowsLookedAt
  const inputs = compilePipeline(pipeline).inputs(sliceRows(test, 0, rows))
  const scores = new Float64Array(rows * scorer.outputs)
  scorer.score(inputs, rows, scores)
  checkAnswers(scores, rows, scorer.outputs, signature)
  if (modelFormatOf(given.modelJson) !== 'tfjs') return { model: given, backend: 'none', tfjs: null }
  const { version_core: tfjs } = await import('@tensorflow/tfjs')
  if (!placeMatters(scorer, inputs, rows, scores)) return { model: given, backend: 'wasm', tfjs }
  return { model: { ...given, modelJson: withBlock(given.modelJson, 1) }, backend: 'wasm', tfjs }
}
