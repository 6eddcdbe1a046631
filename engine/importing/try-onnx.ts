import { Failure } from '../../shared/failure.ts'
import { type Batch, missingCode, unseenCode } from '../../shared/features/batch.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import { fedTensors } from '../../shared/models/onnx/fill-tensors.ts'
import type { OnnxModel } from '../../shared/models/onnx/onnx-model.ts'
import type { OnnxSession } from '../../shared/models/onnx/onnx-runtime.ts'
import { probeRows } from '../../shared/models/onnx/probe-rows.ts'
import type { OnnxGraph } from '../../shared/models/onnx/read-graph.ts'
import type { Signature, SignatureColumn } from '../../shared/signature/signature.ts'

/** Rows that everything is tried on. */
const triedRows = 4
/** Probabilities of a row may miss 1 by as much: they are sums of float32. */
const nearOne = 1e-3

export interface OnnxTrial {
  readonly model: OnnxModel
  readonly graph: OnnxGraph
  readonly session: OnnxSession
  readonly pipeline: Pipeline
  readonly shown: string
}

/** The scores of rows, or why there are none. */
function answer({ model, session, pipeline }: OnnxTrial, batch: Batch): Float64Array | Error {
  const rows = model.rows ?? batch.rows
  const { feeds, write } = fedTensors(model.inputs, pipeline, rows)
  for (let row = 0; row < rows; row++) write(batch, row % batch.rows, row)
  try {
    const data = session.run(feeds, [model.scores.name])[model.scores.name]?.data
    return Float64Array.from((data ?? []) as ArrayLike<number>)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const finite = (found: Float64Array | Error) => !(found instanceof Error) && found.every(Number.isFinite)

/** A comparison with NaN has some outcome, as in trees: only a graph that does something about NaN takes it. */
function knowsMissing(graph: OnnxGraph): boolean {
  const trees = graph.nodes.filter(({ type }) => type.startsWith('TreeEnsemble'))
  if (graph.operators.has('Imputer') || graph.operators.has('IsNaN')) return true
  const learned = ['nodes_missing_value_tracks_true', 'nodes_missing_value_tracks_true_as_tensor']
  return trees.some((node) =>
    learned.some((name) => node.attribute(name)?.integers.some((value) => value !== 0n)),
  )
}

function withColumn(batch: Batch, column: number, value: number): Batch {
  return { ...batch, columns: batch.columns.map((own, c) => (c === column ? own.slice().fill(value) : own)) }
}

function checkScores(trial: OnnxTrial, classes: number, batch: Batch): void {
  const { model, shown } = trial
  const { name, kind } = model.scores
  const scores = answer(trial, batch)
  const rows = model.rows ?? batch.rows
  const refuse = (found: string, whatToDo: string) =>
    new Failure('invalid-input', `The output "${name}" of ${shown} ${found}.`, whatToDo, 'file')
  if (scores instanceof Error) {
    throw new Failure(
      'invalid-input',
      `${shown} does not score a row of its own types: ${scores.message}`,
      'Check that it runs in Python with onnxruntime; encode categories with handle_unknown="ignore".',
      'file',
    )
  }
  const columns = kind === 'classes' ? classes : 1
  if (scores.length !== rows * columns) {
    throw refuse(
      `has ${scores.length / rows} numbers a row; expected ${columns}`,
      kind === 'classes'
        ? 'Give a class for each of them.'
        : 'Models of one number, or of a probability for each class, can be imported.',
    )
  }
  if (kind === 'value') return
  for (let row = 0; row < rows; row++) {
    const own = scores.subarray(row * columns, (row + 1) * columns)
    const sum = own.reduce((total, value) => total + value, 0)
    const good = own.every((value) => value >= -nearOne && value <= 1 + nearOne)
    if (good && (kind === 'positive' || Math.abs(sum - 1) <= nearOne)) continue
    const found = Array.from(own.subarray(0, 4), (value) => value.toPrecision(3)).join(', ')
    throw refuse(
      `is not of probabilities: a row has ${found}${columns > 4 ? ', …' : ''}`,
      'End the model with them. In PyTorch: torch.nn.Sequential(model, torch.nn.Softmax(dim=1)); of scikit-learn, a classifier that has predict_proba.',
    )
  }
}

/**
 * What running the graph tells of its columns that the file does not: whether they may be missing, and whether it
 * answers categories that it was not trained on.
 *
 * @throws Failure `invalid-input` when it does not answer what its outputs say
 */
export function tryOnnx(trial: OnnxTrial, signature: Signature): SignatureColumn[] {
  const { pipeline, graph } = trial
  const batch = probeRows(signature, pipeline, triedRows)
  checkScores(trial, signature.target.classes?.length ?? 0, batch)
  const numbers = knowsMissing(graph)
  return signature.inputs.map((column, c) => {
    if (!column.missing) return column
    const categorical = column.type === 'categorical'
    const without = withColumn(batch, c, categorical ? missingCode : Number.NaN)
    const missing = (categorical || numbers) && finite(answer(trial, without))
    const asked = { ...column, missing, required: !missing }
    if (!categorical || finite(answer(trial, withColumn(batch, c, unseenCode)))) return asked
    return { ...asked, constraints: { ...column.constraints, values: [...(column.values ?? [])] } }
  })
}
