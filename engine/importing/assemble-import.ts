import type { Examples } from '../../shared/bundle/manifest.ts'
import type { Baseline, ColumnLayout } from '../../shared/drift/baseline.ts'
import { compileCounter, type Layouts } from '../../shared/drift/count.ts'
import { layoutHash } from '../../shared/drift/layout-hash.ts'
import { quantileEdges } from '../../shared/drift/quantile-edges.ts'
import { computeMetrics } from '../../shared/metrics/compute-metrics.ts'
import type { Metrics } from '../../shared/metrics/metrics.ts'
import type { Predictions, Predictor } from '../../shared/models/predictor.ts'
import { compileRowDecoder } from '../../shared/signature/decode-rows.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import { sha256 } from '../training/read-provenance.ts'

type Row = Examples['rows'][number]

/** Categories counted by themselves in the baseline. */
const layoutCategories = 50
const mostExamples = 200

export interface ImportedRows {
  readonly rows: readonly Row[]
  /** Class indexes or numbers, NaN where unknown; empty without a target. */
  readonly actual: readonly number[]
  /** The rows are of real data, so that they count for the baseline. */
  readonly given: boolean
}

/** Given rows with their answers and what the model predicts for them. */
export interface KnownRows {
  readonly rows: readonly Row[]
  readonly actual: Float64Array
  readonly predictions: Predictions
}

export interface ImportedParts {
  readonly baseline: Baseline
  readonly examples: Examples
  readonly metrics: Metrics
  /** null where no row's answer is known. */
  readonly known: KnownRows | null
}

function featureLayout(column: SignatureColumn, values: readonly Row[string][]): ColumnLayout {
  const { name, type } = column
  if (type === 'boolean') return { kind: 'categorical', name, categories: ['false', 'true'] }
  if (type === 'categorical') {
    return { kind: 'categorical', name, categories: (column.values ?? []).slice(0, layoutCategories) }
  }
  const numbers = values.filter((value) => typeof value === 'number')
  return { kind: 'numeric', name, edges: quantileEdges(Float64Array.from(numbers)) }
}

function outputLayouts(predictor: Predictor, { task, rows, outputs, scores, classIndexes }: Predictions) {
  const own = Float64Array.from({ length: rows }, (_, r) =>
    task === 'multiclass' ? scores[r * outputs + classIndexes[r]!]! : scores[r]!,
  )
  const edges = quantileEdges(own)
  const classes = (predictor.signature.target.classes ?? []).map(String)
  const layouts: ColumnLayout[] =
    task === 'regression'
      ? [{ kind: 'numeric', name: 'prediction', edges }]
      : [
          { kind: 'categorical', name: 'prediction', categories: classes },
          { kind: 'numeric', name: 'score', edges },
        ]
  return layouts
}

/** The rows whose answer is known. */
function knownRows(
  predictions: Predictions,
  actual: readonly number[],
  rows: readonly Row[],
): KnownRows | null {
  const known = actual.flatMap((value, row) => (Number.isNaN(value) ? [] : [row]))
  if (known.length === 0) return null
  const { task, outputs, scores, classIndexes } = predictions
  const chosen: Predictions = {
    task,
    rows: known.length,
    outputs,
    scores: Float64Array.from(
      known.flatMap((row) => Array.from({ length: outputs }, (_, k) => scores[row * outputs + k]!)),
    ),
    classIndexes: Int32Array.from(known, (row) => classIndexes[row]!),
  }
  return {
    rows: known.map((row) => rows[row]!),
    actual: Float64Array.from(known, (row) => actual[row]!),
    predictions: chosen,
  }
}

/** Baseline, recorded rows and metrics of a model that was not trained here. @throws Error for rows that do not fit */
export function assembleImport(predictor: Predictor, { rows, actual, given }: ImportedRows): ImportedParts {
  const { signature, pipeline } = predictor
  const classes = signature.target.classes ?? []
  const decode = (of: readonly Row[]) => {
    const decoded = compileRowDecoder(signature, pipeline, { maxErrors: 1 }).records(of)
    if (!decoded.ok) throw new Error(`The signature refuses a row: ${JSON.stringify(decoded.fields[0])}`)
    return decoded.batch
  }
  const batch = decode(rows)
  const shared = predictor.predict(batch)
  const predictions: Predictions = {
    ...shared,
    scores: shared.scores.slice(0, shared.rows * shared.outputs),
    classIndexes: shared.classIndexes.slice(0, shared.rows),
  }
  const known = knownRows(predictions, actual, rows)
  const layouts: Layouts = {
    features: signature.inputs.map((column) =>
      featureLayout(
        column,
        rows.map((row) => row[column.name] ?? null),
      ),
    ),
    outputs: outputLayouts(predictor, predictions),
  }
  const counter = compileCounter({ layouts, pipeline, classes })
  if (given) {
    counter.addFeatures(batch)
    counter.addOutputs(predictions)
  }
  const counts = counter.counts()
  const counted = given ? rows.length : 0
  const examples = rows.slice(0, mostExamples)
  const predicted = predictor.predict(decode(examples))
  const probabilities = predictor.probabilities(predicted)
  return {
    known,
    metrics: known ? computeMetrics(known.actual, known.predictions) : {},
    baseline: {
      version: 1,
      layoutHash: layoutHash(layouts, sha256),
      rows: counted,
      features: layouts.features.map((layout, i) => ({ layout, stats: counts.features[i]! })),
      heldOutRows: counted,
      outputs: layouts.outputs.map((layout, i) => ({ layout, stats: counts.outputs[i]! })),
    },
    examples: {
      version: 1,
      rows: [...examples],
      predictions: predictor.predictions(predicted),
      ...(probabilities ? { probabilities } : {}),
    },
  }
}
