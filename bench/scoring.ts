/**
 * How long models take to score in process, without decoding or HTTP (bench/serving.ts measures these): one row at a
 * time in µs, and rows per second in batches, beside scikit-learn and XGBoost on the same shapes; also SHAP values.
 *
 *     node bench/scoring.ts
 *
 * with `$SLIPWAY_PYTHON` naming a Python that has the peers. XGBoost loads the very model that is scored here.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gbdtDefaults } from '../engine/training/gbdt/gbdt-parameters.ts'
import { trainGbdt } from '../engine/training/gbdt/train-gbdt.ts'
import { seededRandom } from '../engine/training/seeded-random.ts'
import type { DenseLayer } from '../shared/models/dense-model.ts'
import { createDenseScorer } from '../shared/models/dense-scorer.ts'
import { encodeGbdtModel } from '../shared/models/gbdt/encode-gbdt-model.ts'
import { createGbdtScorer, type GbdtScorer } from '../shared/models/gbdt/gbdt-scorer.ts'
import { createTreeShap } from '../shared/models/gbdt/tree-shap.ts'

const python = process.env.SLIPWAY_PYTHON ?? 'python3'
const [rows, width, repeats] = [20_000, 20, 5]
const random = seededRandom(1)
const inputs = new Float32Array(rows * width).map(() => random())
const target = Float64Array.from(
  { length: rows },
  (_, r) => Math.sin(inputs[r * width]! * 9) + inputs[r * width + 1]! * inputs[r * width + 2]! * 3 + random(),
)

function dense(from: number, to: number, activation: 'relu' | 'linear'): DenseLayer {
  const kernel = new Float32Array(from * to).map(() => (random() - 0.5) / Math.sqrt(from))
  return { inputs: from, outputs: to, kernel, bias: new Float32Array(to), activation }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

function timed(work: () => void): number {
  const taken: number[] = []
  for (let i = 0; i < repeats; i++) {
    const start = performance.now()
    work()
    taken.push(performance.now() - start)
  }
  return median(taken)
}

function measure(scorer: Pick<GbdtScorer, 'score'>): { single: number; batch: number } {
  const out = new Float64Array(rows)
  const row = new Float32Array(width)
  const single = timed(() => {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < width; c++) row[c] = inputs[r * width + c]!
      scorer.score(row, 1, out)
    }
  })
  const batch = timed(() => scorer.score(inputs, rows, out))
  return { single: (single * 1000) / rows, batch: (rows / batch) * 1000 }
}

const trees = trainGbdt({
  parameters: { ...gbdtDefaults, objective: 'reg:squarederror', seed: 1, trees: 300, patience: 0 },
  groups: 1,
  train: { rows, width, target, read: (from, to) => inputs.subarray(from * width, to * width) },
  validation: { rows: 0, width, target: [], read: () => new Float32Array(0) },
  threads: 1,
  onRound: () => undefined,
})

const folder = mkdtempSync(join(tmpdir(), 'slipway-scoring-'))
try {
  writeFileSync(join(folder, 'model.json'), encodeGbdtModel(trees))
  writeFileSync(join(folder, 'inputs.f32'), inputs)
  const script = join(import.meta.dirname, 'peers', 'time-scoring-gbdt.py')
  const answer: unknown = JSON.parse(
    execFileSync(python, [script, folder, String(width)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  const peers = new Map(Object.entries(answer as Record<string, { single: number; batch: number }>))
  const ours = new Map([
    ['linear', measure(createDenseScorer({ layers: [dense(width, 1, 'linear')] }))],
    [
      'mlp',
      measure(
        createDenseScorer({
          layers: [dense(width, 64, 'relu'), dense(64, 32, 'relu'), dense(32, 1, 'linear')],
        }),
      ),
    ],
    ['gbdt', measure(createGbdtScorer(trees))],
  ])
  const count = (value: number) => Math.round(value).toLocaleString('en-US')
  console.log(
    '| model, 20 inputs | one row: Slipway, peer | ratio | batch of 20,000: Slipway, peer | ratio |',
  )
  console.log('|---|---|---|---|---|')
  for (const [name, { single, batch }] of ours) {
    const peer = peers.get(name)
    if (!peer) throw new Error(`The peers have not timed ${name}.`)
    console.log(
      `| ${name} | ${single.toFixed(2)} µs, ${peer.single.toFixed(1)} µs | ${(peer.single / single).toFixed(1)}× faster | ${count(batch)} rows/s, ${count(peer.batch)} rows/s | ${(batch / peer.batch).toFixed(2)}× |`,
    )
  }
  const shap = createTreeShap(trees)
  const explained = timed(() => shap.explain(inputs, 1000))
  console.log(
    `SHAP values of 1,000 rows by ${trees.trees.length} trees: ${(explained / 1000).toFixed(2)} s; xgboost pred_contribs on one thread ${(peers.get('shap')?.batch ?? 0).toFixed(2)} s`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
