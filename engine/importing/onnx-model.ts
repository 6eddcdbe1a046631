import { versionFiles } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import { assemblePipeline } from '../../shared/features/assemble-pipeline.ts'
import { dictionaryOf } from '../../shared/features/dictionary.ts'
import { describeInputs } from '../../shared/models/onnx/describe-inputs.ts'
import { describeOutputs } from '../../shared/models/onnx/describe-outputs.ts'
import type { OnnxModel } from '../../shared/models/onnx/onnx-model.ts'
import type { OnnxRuntime } from '../../shared/models/onnx/onnx-runtime.ts'
import { createOnnxScorer } from '../../shared/models/onnx/onnx-scorer.ts'
import { probeRows } from '../../shared/models/onnx/probe-rows.ts'
import { readGraph } from '../../shared/models/onnx/read-graph.ts'
import { rowWise } from '../../shared/models/onnx/row-wise.ts'
import { withoutZipMap } from '../../shared/models/onnx/without-zip-map.ts'
import { createPredictor } from '../../shared/models/predictor.ts'
import type { Label, Signature, Task } from '../../shared/signature/signature.ts'
import type { Choice, ForeignModel, OpenedModel } from './foreign-model.ts'
import { columnNames, fedTensor, onnxColumn } from './onnx-columns.ts'
import { targetType } from './target-type.ts'
import { tryOnnx } from './try-onnx.ts'

const madeRows = 64
/** Every so many made rows leave out one of the columns that may be missing. */
const missingEvery = 8

/** Rows for a model that came without any; they say nothing of the data it learned from. */
function makeRows(signature: Signature, pipeline: OpenedModel['pipeline']) {
  const batch = probeRows(signature, pipeline, madeRows)
  return Array.from({ length: madeRows }, (_, r) =>
    Object.fromEntries(
      signature.inputs.map(({ name, type, missing }, c) => {
        if (missing && r % missingEvery === c % missingEvery) return [name, null]
        const value = batch.columns[c]![r]!
        const category = dictionaryOf(pipeline.columns[c]!)?.[value]
        return [name, type === 'boolean' ? value === 1 : (category ?? value)]
      }),
    ),
  )
}

/** A category that the graph refuses to miss is not left out; one without any cannot be made a row of. */
function assertCategories({ inputs }: ReturnType<typeof describeInputs>, shown: string): void {
  const none = inputs.find(({ categories }) => categories?.length === 0)
  if (!none) return
  throw new Failure(
    'invalid-input',
    `${shown} takes texts in "${none.name}" and has no categories for them.`,
    'Encode the column in the model, as with OneHotEncoder or OrdinalEncoder.',
    'file',
  )
}

/** @throws Failure `invalid-input` for a file that is no ONNX model, or one whose inputs or outputs are not rows' */
export function readOnnx(
  bytes: Uint8Array,
  shown: string,
  runtime: () => Promise<{ runtime: OnnxRuntime; version: string }>,
): ForeignModel {
  const graph = readGraph(bytes, shown)
  const described = describeInputs(graph, shown)
  const answers = describeOutputs(graph, shown)
  assertCategories(described, shown)
  const { inputs, rows } = described
  const { kind, label, zipMap } = answers
  const labels = label?.values ?? null
  const classCount =
    kind === 'positive' ? 2 : kind === 'classes' ? (answers.columns ?? labels?.length ?? null) : null

  /** The labels of the classes and how the scores are read for them. */
  function decide(given: readonly Label[] | null): {
    task: Task
    classes: Label[] | null
    read: typeof kind
  } {
    // One column of numbers without a word of what it is: with two classes given, it is a probability.
    if (kind === 'value') {
      if (given === null) return { task: 'regression', classes: null, read: 'value' }
      if (given.length === 2) return { task: 'binary', classes: [...given], read: 'positive' }
      throw new Failure(
        'invalid-input',
        `${shown} answers one number a row, and ${given.length} classes were given.`,
        'Leave the classes out, or give two where the number is the probability of the second.',
        'classes',
      )
    }
    const numbered = classCount === null ? null : Array.from({ length: classCount }, (_, k) => k)
    const classes = given ?? labels ?? (label ? null : numbered)
    if (classes === null) {
      throw new Failure(
        'invalid-input',
        `${shown} does not say what its classes are.`,
        'Give them in the order of its probabilities.',
        'classes',
      )
    }
    const wrong = classCount !== null && classes.length !== classCount
    if (wrong || classes.length < 2 || new Set(classes.map(String)).size !== classes.length) {
      throw new Failure(
        'invalid-input',
        `${shown} has ${classCount ?? 'two or more'} classes; ${classes.length} were given: ${classes.join(', ')}.`,
        'Give each once, in the order of its probabilities.',
        'classes',
      )
    }
    return { task: classes.length === 2 ? 'binary' : 'multiclass', classes: [...classes], read: kind }
  }

  async function open({ target, classes: given, columns: chosen }: Choice): Promise<OpenedModel> {
    const names = columnNames(inputs, chosen, shown)
    const { task, classes, read } = decide(given)
    const columns = inputs.flatMap((input, i) => names[i]!.map((name) => onnxColumn(input, name)))
    const pipeline = assemblePipeline(columns.map(({ encoder }) => encoder))
    const model: OnnxModel = {
      format: 'onnx',
      version: 1,
      rows,
      inputs: inputs.map((input, i) => fedTensor(input, names[i]!)),
      scores: { name: answers.scores, kind: read },
      label:
        label && labels?.length === classes?.length
          ? { name: label.name, values: [...(labels ?? [])] }
          : null,
      zipMap,
    }
    const untried: Signature = {
      version: 1,
      task,
      inputs: columns.map(({ input }) => input),
      target: { name: target, sourceType: targetType(classes), ...(classes ? { classes } : {}) },
    }
    const session = await openSession()
    const signature = { ...untried, inputs: tryOnnx({ model, graph, session, pipeline, shown }, untried) }
    const scorer = createOnnxScorer({ model, session, signature, pipeline, rowWise: rowWise(graph) })
    return {
      predictor: createPredictor({ signature, pipeline, model: scorer }),
      pipeline,
      signature,
      files: new Map([
        [versionFiles.modelTopology, new TextEncoder().encode(`${JSON.stringify(model, null, 2)}\n`)],
        // Byte by byte what was given: Python loads it as before.
        [versionFiles.onnx, bytes],
      ]),
      // How rows are grouped is proven on the ranges of the signature: as it will be when the version is opened.
      withSignature: (final) =>
        createPredictor({
          signature: final,
          pipeline,
          model: createOnnxScorer({ model, session, signature: final, pipeline, rowWise: rowWise(graph) }),
        }),
      makeRows: () => makeRows(signature, pipeline),
      notes: (hasRows) => [
        `It is scored by ONNX Runtime ${packages.onnxruntime} in ${scorer.blocks.length === 1 && scorer.blocks[0] === 1 ? 'runs of one row' : `blocks of ${scorer.blocks.join(', ')} rows`}, so that a row has the same score alone and among others.`,
        ...(hasRows
          ? []
          : [
              'It was imported without data. Its recorded rows are made up: they prove that predictions stay the same, and say nothing of the data. Its baseline is empty, so drift is measured only between windows.',
            ]),
      ],
    }
  }

  const packages: Record<string, string> = {}
  async function openSession() {
    const { runtime: found, version } = await runtime()
    packages.onnxruntime = version
    try {
      return found.open(zipMap ? withoutZipMap(bytes) : bytes)
    } catch (error) {
      throw new Failure(
        'invalid-input',
        `ONNX Runtime cannot run ${shown}: ${error instanceof Error ? error.message : String(error)}`,
        'It may be damaged, or have operators of a newer opset: export it with target_opset=18.',
        'file',
      )
    }
  }

  return {
    format: 'onnx',
    producer: graph.producer,
    packages,
    classCount,
    labels,
    unnamedColumns: inputs.length === 1 && inputs[0]?.columns !== 1 ? (inputs[0]?.columns ?? 0) : null,
    open,
  }
}
