/**
 * HOT LOOP: scores rows by an ONNX graph (benchmark: bench/onnx.ts).
 *
 * A runtime chooses its kernels by the shape of what it is given: a row alone may be summed in another order than the
 * same row among others, and differ in the last bit. So a graph is run only with numbers of rows that are proven, when
 * it is opened, to answer alike: the same rows are scored at the places of such a block and compared bit for bit.
 * What is left over is filled up with copies of its last row.
 */
import { Failure } from '../../failure.ts'
import type { Pipeline } from '../../features/pipeline.ts'
import type { Signature } from '../../signature/signature.ts'
import type { BatchScorer } from '../scorer.ts'
import { type FedTensors, fedTensors } from './fill-tensors.ts'
import type { OnnxModel } from './onnx-model.ts'
import type { OnnxSession, Tensor } from './onnx-runtime.ts'
import { probeRows } from './probe-rows.ts'

/** Rows that are tried at every place of a block. */
const probes = 48
/** Rows scored for the proof of one size of block, about: every probe at every place of 32. */
const probedRows = 1536
/** Tried first for graphs whose every operator works row by row. */
const mixed = [1, 8, 64, 512]
/** One size for all, then each row by itself. */
const candidates: readonly (readonly number[])[] = [[32], [1]]

interface Block extends FedTensors {
  readonly size: number
}

/** Scores of one run, row-major, and the class of each row. */
interface Answers {
  readonly scores: Float32Array | Float64Array
  readonly columns: number
  readonly labels: Tensor['data'] | null
}

export interface OnnxScorer extends BatchScorer {
  /** Numbers of rows that the graph is run with. */
  readonly blocks: readonly number[]
}

export interface OnnxScorerParts {
  readonly model: OnnxModel
  readonly session: OnnxSession
  readonly signature: Signature
  readonly pipeline: Pipeline
  /** No operator of the graph adds up over a row, see `row-wise.ts`. */
  readonly rowWise: boolean
}

function unreadable(what: string): Failure {
  return new Failure(
    'invalid-input',
    `The ONNX model answered ${what}.`,
    'Export it so that it answers rows × classes, or rows × 1, whatever the rows.',
  )
}

/** @throws Failure `invalid-input` when the graph does not answer what `model` says of it */
export function createOnnxScorer(parts: OnnxScorerParts): OnnxScorer {
  const { model, session, signature, pipeline } = parts
  const { label, scores: read } = model
  const classes = signature.target.classes?.length ?? 0
  const outputs = signature.task === 'multiclass' ? classes : 1
  const columns = read.kind === 'classes' ? classes : 1
  const wanted = label ? [read.name, label.name] : [read.name]
  const indexOf = new Map(label?.values.map((value, k) => [String(value), k]))
  const made = new Map<number, Block>()

  function blockOf(size: number): Block {
    let block = made.get(size)
    if (!block) {
      block = { size, ...fedTensors(model.inputs, pipeline, size) }
      made.set(size, block)
    }
    return block
  }

  function run({ feeds, size }: Block): Answers {
    let found: Readonly<Record<string, Tensor>>
    try {
      found = session.run(feeds, wanted)
    } catch (error) {
      throw new Failure(
        'invalid-input',
        `The ONNX model does not take a row: ${error instanceof Error ? error.message : String(error)}`,
        'Give it values like those it was trained on.',
      )
    }
    const scores = found[read.name]?.data
    if (!(scores instanceof Float32Array || scores instanceof Float64Array)) throw unreadable('no numbers')
    if (scores.length !== size * columns) {
      throw unreadable(`${scores.length} numbers to ${size} rows; expected ${columns} a row`)
    }
    const labels = label ? (found[label.name]?.data ?? []) : null
    if (labels !== null && labels.length !== size) {
      throw unreadable(`${labels.length} labels to ${size} rows`)
    }
    return { scores, columns, labels }
  }

  /** The class of a row: its label's, else the first of the greatest score. */
  function decide({ scores, labels }: Answers, row: number): number {
    if (labels !== null) {
      const value = labels[row]
      const text = typeof label?.values[0] === 'boolean' ? String(value === 1) : String(value)
      const index = indexOf.get(text)
      if (index === undefined) throw unreadable(`the label ${text}, which is none of its classes`)
      return index
    }
    if (columns === 1) return scores[row]! >= 0.5 ? 1 : 0
    let best = 0
    for (let k = 1; k < columns; k++) if (scores[row * columns + k]! > scores[row * columns + best]!) best = k
    return best
  }

  function take(
    answers: Answers,
    rows: number,
    at: number,
    out: Float64Array,
    classIndexes: Int32Array,
  ): void {
    const { scores } = answers
    if (signature.task === 'binary' && columns === 2) {
      for (let r = 0; r < rows; r++) out[at + r] = scores[r * 2 + 1]!
    } else {
      for (let i = 0; i < rows * outputs; i++) out[at * outputs + i] = scores[i]!
    }
    if (signature.task === 'regression') return
    for (let r = 0; r < rows; r++) classIndexes[at + r] = decide(answers, r)
  }

  /** Whether the probes get the same bits alone or at any place of blocks of these sizes. */
  function alike(sizes: readonly number[]): boolean {
    const batch = probeRows(signature, pipeline, probes)
    const first: (readonly number[] | undefined)[] = []
    for (const size of sizes) {
      const block = blockOf(size)
      const runs = Math.min(probes, Math.ceil(probedRows / size))
      for (let start = 0; start < runs; start++) {
        for (let i = 0; i < size; i++) block.write(batch, (start + i) % probes, i)
        const { scores } = run(block)
        for (let i = 0; i < size; i++) {
          const row = (start + i) % probes
          const found = Array.from(scores.subarray(i * columns, (i + 1) * columns))
          const before = first[row]
          if (!before) first[row] = found
          else if (!found.every((value, k) => Object.is(value, before[k]))) return false
        }
      }
    }
    return true
  }

  /** A probe that the graph refuses proves nothing. */
  const proven = (sizes: readonly number[]) => {
    try {
      return alike(sizes)
    } catch (error) {
      if (error instanceof Failure) return false
      throw error
    }
  }
  const fixed = model.rows === null ? null : proven([model.rows])
  const blocks =
    model.rows === null
      ? ([...(parts.rowWise ? [mixed] : []), ...candidates].find(proven) ?? [1])
      : [model.rows]
  // A fixed number of rows whose places differ takes the same row at every one of them.
  const perRun = fixed === false ? 1 : Number.POSITIVE_INFINITY

  /** The largest block that at least half of the rows fill, else the smallest. */
  const chosen = (rows: number) => blockOf(blocks.findLast((size) => size <= rows * 2) ?? blocks[0]!)

  return {
    inputs: pipeline.width,
    outputs,
    blocks,
    scoreBatch(batch, out, classIndexes) {
      for (let at = 0; at < batch.rows; ) {
        const block = chosen(batch.rows - at)
        const rows = Math.min(perRun, block.size, batch.rows - at)
        for (let i = 0; i < block.size; i++) block.write(batch, at + Math.min(i, rows - 1), i)
        take(run(block), rows, at, out, classIndexes)
        at += rows
      }
    },
  }
}
