/** HOT in a notebook's own thread: makes model inputs of a relation's rows, by the code that serves. */
import { Failure } from '../../../shared/failure.ts'
import { sliceRows } from '../../../shared/features/batch-buffers.ts'
import { compilePipeline } from '../../../shared/features/compile-pipeline.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import type { Part } from '../../training/trainer-messages.ts'
import type { FittedAnswer } from './register-model.ts'

type Tf = typeof import('@tensorflow/tfjs')

/** Rows of one split as a model takes them. */
export interface FeatureRows {
  readonly rows: number
  /** Row-major, `rows * width`. */
  readonly inputs: Float32Array
  /** Row-major, `rows * outputs`: 0 and 1, one column for each of several classes, or numbers. */
  readonly targets: Float32Array
  /** How much each row counts; absent where all count the same. */
  readonly weights?: Float32Array
}

export interface SessionFeatures {
  readonly task: Signature['task']
  readonly signature: Signature
  /** Inputs of the model, and what each is. */
  readonly width: number
  readonly names: readonly string[]
  /** Outputs that the model is to have. */
  readonly outputs: number
  readonly train: FeatureRows
  readonly validation: FeatureRows
  /** The same rows as tensors: `xs` is rows × width, `ys` is rows × outputs. */
  tensors(part?: 'train' | 'validation'): Promise<{ xs: unknown; ys: unknown }>
}

const rowsAtOnce = 4_096
/** Of one split; more than that should be trained on in the train cell, which streams. */
const mostValues = 400_000_000

function outputsOf({ task, target }: Signature): number {
  return task === 'multiclass' ? (target.classes?.length ?? 0) : 1
}

function targetsOf({ rows, target }: Part, outputs: number): Float32Array {
  if (outputs === 1) return Float32Array.from(target)
  const targets = new Float32Array(rows * outputs)
  for (let r = 0; r < rows; r++) targets[r * outputs + target[r]!] = 1
  return targets
}

function rowsOf({ pipeline, signature, spec }: FittedAnswer, part: Part): FeatureRows {
  const { rows, weights } = part
  const { width } = pipeline
  if (rows * width > mostValues) {
    throw new Failure(
      'invalid-input',
      `The features of "${spec.from}" are ${rows.toLocaleString('en-US')} rows of ${width.toLocaleString('en-US')} inputs; a cell takes ${mostValues.toLocaleString('en-US')} values at most.`,
      'Sample the relation in SQL, or encode its columns more narrowly.',
    )
  }
  const compiled = compilePipeline(pipeline)
  const inputs = new Float32Array(rows * width)
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const some = sliceRows(part, from, Math.min(rows, from + rowsAtOnce))
    compiled.transform(some, inputs.subarray(from * width, (from + some.rows) * width))
  }
  return {
    rows,
    inputs,
    targets: targetsOf(part, outputsOf(signature)),
    ...(weights ? { weights: Float32Array.from(weights) } : {}),
  }
}

/** What `catalog.fitFeatures` gives. Inputs are made when they are first asked for. */
export function sessionFeatures(answer: FittedAnswer, loadTf: () => Promise<Tf>): SessionFeatures {
  const { signature, pipeline } = answer
  const outputs = outputsOf(signature)
  const made = new Map<string, FeatureRows>()
  const part = (name: 'train' | 'validation') => {
    const rows = made.get(name) ?? rowsOf(answer, answer[name])
    made.set(name, rows)
    return rows
  }
  return {
    task: signature.task,
    signature,
    width: pipeline.width,
    names: pipeline.inputs,
    outputs,
    get train() {
      return part('train')
    },
    get validation() {
      return part('validation')
    },
    async tensors(name = 'train') {
      const tf = await loadTf()
      const { rows, inputs, targets } = part(name)
      return {
        xs: tf.tensor2d(inputs, [rows, pipeline.width]),
        ys: tf.tensor2d(targets, [rows, outputs]),
      }
    },
  }
}
