import { type TrainedRecord, versionFiles } from '../../catalog/version.ts'
import { baselineSchema, type ColumnLayout } from '../../drift/baseline.ts'
import { compileCounter } from '../../drift/count.ts'
import { layoutHash } from '../../drift/layout-hash.ts'
import { quantileEdges } from '../../drift/quantile-edges.ts'
import { assemblePipeline } from '../../features/assemble-pipeline.ts'
import type { Encoder } from '../../features/pipeline.ts'
import type { DenseModel } from '../../models/dense-model.ts'
import { createDenseScorer } from '../../models/dense-scorer.ts'
import { encodeDenseModel } from '../../models/encode-dense-model.ts'
import { createPredictor } from '../../models/predictor.ts'
import { compileRowDecoder } from '../../signature/decode-rows.ts'
import type { Label, Signature, SignatureColumn, Task } from '../../signature/signature.ts'

/** A model version as training leaves it, with weights drawn from a seed, for tests and benchmarks of what serves it. */
export interface SampleVersion {
  record: TrainedRecord
  files: ReadonlyMap<string, Uint8Array>
  signature: Signature
  rows: Record<string, string | number | boolean | null>[]
  predictions: Label[]
  probabilities: number[][] | null
}

/** Mulberry32: a small generator that gives the same numbers everywhere. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const contracts = ['Month-to-month', 'One year', 'Two year']
const payments = ['Electronic check', 'Mailed check', 'Bank "transfer", automatic', '001']

const classesOf: Record<Task, Label[] | null> = {
  binary: ['No', 'Yes'],
  multiclass: [1, 2, 3],
  regression: null,
}

function columnsOf(repeat: number): { inputs: SignatureColumn[]; encoders: Encoder[] } {
  const inputs: SignatureColumn[] = []
  const encoders: Encoder[] = []
  for (let i = 0; i < repeat; i++) {
    const name = (base: string) => (i === 0 ? base : `${base}_${i + 1}`)
    const numeric = { kind: 'numeric', impute: 'median', scale: 'standard' } as const
    inputs.push(
      {
        name: name('tenure'),
        type: 'numeric',
        sourceType: 'INTEGER',
        required: true,
        missing: false,
        integer: true,
        min: 0,
        max: 72,
      },
      {
        name: name('charges'),
        type: 'numeric',
        sourceType: 'DOUBLE',
        required: true,
        missing: true,
        min: 18,
        max: 120,
      },
      {
        name: name('contract'),
        type: 'categorical',
        sourceType: 'VARCHAR',
        required: true,
        missing: false,
        values: contracts,
      },
      {
        name: name('payment'),
        type: 'categorical',
        sourceType: 'VARCHAR',
        required: true,
        missing: true,
        values: payments,
      },
      { name: name('partner'), type: 'boolean', sourceType: 'BOOLEAN', required: true, missing: false },
    )
    encoders.push(
      { ...numeric, name: name('tenure'), fill: 29, center: 32.4, factor: 1 / 24.6 },
      { ...numeric, name: name('charges'), fill: 70.35, center: 64.8, factor: 1 / 30.1 },
      { kind: 'onehot', name: name('contract'), categories: contracts, missingInput: false },
      { kind: 'onehot', name: name('payment'), categories: payments, missingInput: true },
      { kind: 'boolean', name: name('partner'), fill: 0 },
    )
  }
  return { inputs, encoders }
}

function drawRow(inputs: readonly SignatureColumn[], random: () => number) {
  const row: Record<string, string | number | boolean | null> = {}
  for (const column of inputs) {
    if (column.missing && random() < 0.1) row[column.name] = null
    else if (column.type === 'boolean') row[column.name] = random() < 0.5
    else if (column.values)
      row[column.name] = column.values[Math.floor(random() * column.values.length)] ?? null
    else row[column.name] = column.integer ? Math.floor(random() * 73) : 18 + random() * 102
  }
  return row
}

/**
 * @param options.repeat how often the five columns are there; 4 is as wide as a table of customers
 * @param options.sha256 hex digest of a text, from the platform
 */
export function sampleVersion(options: {
  sha256: (text: string) => string
  /** UTF-8 bytes of a text, from the platform. */
  encode: (text: string) => Uint8Array
  task?: Task
  name?: string
  repeat?: number
  rows?: number
  seed?: number
  /** Units of the layers before the last one; a model of one layer without. */
  hidden?: readonly number[]
}): SampleVersion {
  const {
    sha256,
    encode,
    task = 'binary',
    name = 'churn',
    repeat = 1,
    rows: count = 40,
    seed = 7,
    hidden = [],
  } = options
  const random = seeded(seed)
  const { inputs, encoders } = columnsOf(repeat)
  const pipeline = assemblePipeline(encoders)
  const classes = classesOf[task]
  const signature: Signature = {
    version: 1,
    task,
    inputs,
    target: { name: 'target', sourceType: 'VARCHAR', ...(classes ? { classes } : {}) },
  }
  const outputs = task === 'multiclass' ? 3 : 1
  const widths = [pipeline.width, ...hidden, outputs]
  const last = task === 'binary' ? 'sigmoid' : task === 'multiclass' ? 'softmax' : 'linear'
  const model: DenseModel = {
    layers: widths.slice(1).map((units, i) => {
      const inputs = widths[i] ?? 0
      // Before wide layers weights are smaller, so that what they add up to stays in proportion.
      const size = i === 0 ? 1 : Math.sqrt(6 / inputs)
      const weights = () => (random() * 2 - 1) * size
      return {
        inputs,
        outputs: units,
        kernel: Float32Array.from({ length: inputs * units }, weights),
        bias: Float32Array.from({ length: units }, weights),
        activation: i < hidden.length ? 'relu' : last,
      }
    }),
  }
  const encoded = encodeDenseModel(model)
  const rows = Array.from({ length: count }, () => drawRow(inputs, random))
  const predictor = createPredictor({ signature, pipeline, model: createDenseScorer(model) })
  const decoded = compileRowDecoder(signature, pipeline).records(rows)
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.fields))
  const scored = predictor.predict(decoded.batch)
  const predictions = predictor.predictions(scored)
  const probabilities = predictor.probabilities(scored)

  const features: ColumnLayout[] = inputs.map((column, c) =>
    column.type === 'numeric'
      ? {
          kind: 'numeric',
          name: column.name,
          edges: quantileEdges(
            Float64Array.from(decoded.batch.columns[c] ?? [])
              .subarray(0, count)
              .filter((value) => !Number.isNaN(value)),
          ),
        }
      : { kind: 'categorical', name: column.name, categories: column.values ?? ['false', 'true'] },
  )
  const score = quantileEdges(Float64Array.from(scored.scores.subarray(0, count)))
  const layouts = {
    features,
    outputs: classes
      ? ([
          { kind: 'categorical', name: 'prediction', categories: classes.map(String) },
          { kind: 'numeric', name: 'score', edges: score },
        ] satisfies ColumnLayout[])
      : ([{ kind: 'numeric', name: 'prediction', edges: score }] satisfies ColumnLayout[]),
  }
  const counter = compileCounter({ layouts, pipeline, classes: classes ?? [] })
  counter.addFeatures(decoded.batch)
  counter.addOutputs(scored)
  const counts = counter.counts()
  const baseline = baselineSchema.parse({
    version: 1,
    layoutHash: layoutHash(layouts, sha256),
    rows: count,
    features: features.map((layout, i) => ({ layout, stats: counts.features[i] })),
    heldOutRows: count,
    outputs: layouts.outputs.map((layout, i) => ({ layout, stats: counts.outputs[i] })),
  })

  const text = (value: unknown) => encode(`${JSON.stringify(value, null, 2)}\n`)
  const files = new Map<string, Uint8Array>([
    [versionFiles.features, text(pipeline)],
    [versionFiles.signature, text(signature)],
    [versionFiles.baseline, text(baseline)],
    [
      versionFiles.examples,
      text({ version: 1, rows, predictions, ...(probabilities ? { probabilities } : {}) }),
    ],
    [versionFiles.card, encode(`# ${name}\n\nWeights drawn from seed ${seed}.\n`)],
    [versionFiles.modelTopology, encode(encoded.json)],
    [versionFiles.modelWeights, encoded.weights],
  ])
  const record: TrainedRecord = {
    name,
    task,
    created: '2026-01-01T00:00:00.000Z',
    durationMs: 1,
    spec: { from: 'customers', target: 'target', task: 'auto' },
    signature,
    metrics: task === 'regression' ? { rmse: 1 } : { accuracy: 0.5 },
    split: { train: count, validation: 0, test: count },
    history: [],
    provenance: {
      notebook: null,
      notebookHash: null,
      cell: null,
      data: { relation: 'customers', sql: null, rows: count, contentHash: '0' },
      git: null,
      slipway: '0.1.0',
      node: '24.0.0',
      platform: 'any',
      backend: 'none',
      packages: {},
    },
  }
  return { record, files, signature, rows, predictions, probabilities }
}
