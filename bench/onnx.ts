/**
 * How long ONNX models take to score: µs per row alone and among 1,000, how rows are grouped, and the time to open one,
 * beside Python's onnxruntime on one thread.
 *
 *     node bench/onnx.ts
 *
 * with `$SLIPWAY_PYTHON` naming a Python that has onnxruntime. The models are those of `bench/peers/record-onnx.py`.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCatalog } from '../engine/catalog/create-catalog.ts'
import { readModelParts } from '../engine/catalog/read-model-parts.ts'
import { openDatabase } from '../engine/data/database.ts'
import { createImports } from '../engine/importing/create-imports.ts'
import recorded from '../engine/importing/fixtures/onnx-imports.json' with { type: 'json' }
import { modelEngines } from '../engine/scoring/model-engines.ts'
import { openPredictor } from '../shared/models/open-predictor.ts'
import { compileRowDecoder } from '../shared/signature/decode-rows.ts'

const fixtures = join(import.meta.dirname, '..', 'engine', 'importing', 'fixtures', 'onnx')
const python = process.env.SLIPWAY_PYTHON ?? 'python3'
const names = ['length', 'width', 'depth', 'weight']
const [repeats, many, totalRows] = [5, 1_000, 4_000]

const script = `
import sys, time, numpy as np, onnxruntime as ort
path, rows = sys.argv[1], int(sys.argv[2])
options = ort.SessionOptions(); options.intra_op_num_threads = 1
session = ort.InferenceSession(path, options)
kinds = {'tensor(float)': 'float32', 'tensor(int64)': 'int64', 'tensor(bool)': 'bool', 'tensor(string)': object}
feeds = {i.name: (np.full((rows, i.shape[1]), 'month', object) if i.type == 'tensor(string)'
    else np.ones((rows, i.shape[1]), kinds[i.type])) for i in session.get_inputs()}
best = 1e9
for _ in range(${repeats}):
    start = time.perf_counter()
    for _ in range(max(1, ${totalRows} // rows)): session.run(None, feeds)
    best = min(best, (time.perf_counter() - start) / max(1, ${totalRows} // rows) / rows)
print(best * 1e6)
`
const inPython = (name: string, rows: number): number =>
  Number(
    execFileSync(python, ['-c', script, join(fixtures, `${name}.onnx`), String(rows)], { encoding: 'utf8' }),
  )

function microsecondsPerRow(rows: number, score: () => void): number {
  const runs = Math.max(1, Math.floor(totalRows / rows))
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < repeats; i++) {
    const start = performance.now()
    for (let run = 0; run < runs; run++) score()
    least = Math.min(least, ((performance.now() - start) * 1000) / runs / rows)
  }
  return least
}

const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-onnx-'))
const database = await openDatabase(':memory:', folder)
const catalog = createCatalog({ folder: join(folder, 'catalog') })
const imports = createImports({ database, catalog, workspaceFolder: folder, slipwayVersion: '0' })
console.log('| model | opened, ms | one row, µs | Python, µs | of 1,000, µs a row | Python, µs a row |')
console.log('| --- | --: | --: | --: | --: | --: |')
for (const { name, rows } of recorded.cases) {
  if (name === 'torch-one-row') continue
  const columns = names.every((column) => column in rows[0]!) ? { columns: names } : {}
  const file = join(fixtures, `${name}.onnx`)
  const record = await imports.import({ file, shown: name, name, ...columns })
  const parts = await readModelParts(record, catalog.folder(name, 1))
  const begun = performance.now()
  const predictor = await openPredictor(parts, modelEngines)
  const opened = performance.now() - begun
  const batchOf = (count: number) => {
    const decoder = compileRowDecoder(predictor.signature, predictor.pipeline)
    const decoded = decoder.records(Array.from({ length: count }, (_, r) => rows[r % rows.length]))
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.fields[0]))
    return decoded.batch
  }
  const [one, thousand] = [batchOf(1), batchOf(many)]
  const figures = [
    opened.toFixed(0),
    microsecondsPerRow(1, () => predictor.predict(one)).toFixed(1),
    inPython(name, 1).toFixed(1),
    microsecondsPerRow(many, () => predictor.predict(thousand)).toFixed(2),
    inPython(name, many).toFixed(2),
  ]
  console.log(`| ${name} | ${figures.join(' | ')} |`)
}
database.close()
await rm(folder, { recursive: true, force: true })
