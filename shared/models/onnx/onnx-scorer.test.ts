/** A graph is run only with numbers of rows that are proven to answer alike, whatever a runtime does with sizes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemblePipeline } from '../../features/assemble-pipeline.ts'
import type { Batch } from '../../features/batch.ts'
import type { Encoder } from '../../features/pipeline.ts'
import type { Signature } from '../../signature/signature.ts'
import type { OnnxModel } from './onnx-model.ts'
import type { OnnxSession, Tensor } from './onnx-runtime.ts'
import { createOnnxScorer } from './onnx-scorer.ts'

const numeric = (name: string): Encoder => ({
  kind: 'numeric',
  name,
  impute: 'none',
  fill: null,
  scale: 'none',
  center: 0,
  factor: 1,
})
const pipeline = assemblePipeline([numeric('a'), numeric('b')])
const column = { type: 'numeric', sourceType: 'DOUBLE', required: true, missing: false } as const
const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: [
    { ...column, name: 'a' },
    { ...column, name: 'b' },
  ],
  target: { name: 'y', sourceType: 'DOUBLE' },
}
const model: OnnxModel = {
  format: 'onnx',
  version: 1,
  rows: null,
  inputs: [{ name: 'x', type: 'float64', columns: ['a', 'b'] }],
  scores: { name: 'y', kind: 'value' },
  label: null,
  zipMap: false,
}

/** A graph of a + 2b whose last bit may depend on how many rows it has and on the place of a row among them. */
function sums(bit: (rows: number, place: number) => boolean): OnnxSession & { sizes: number[] } {
  const sizes: number[] = []
  return {
    sizes,
    run({ x }) {
      const data = x?.data as Float64Array
      const rows = data.length / 2
      sizes.push(rows)
      const y = Float64Array.from({ length: rows }, (_, r) => {
        const sum = data[r * 2]! + 2 * data[r * 2 + 1]!
        return bit(rows, r) ? sum * (1 + Number.EPSILON) : sum
      })
      const found: Tensor = { type: 'float64', data: y, dims: [rows, 1], location: 'cpu' }
      return { y: found }
    },
  }
}

function scored(scorer: ReturnType<typeof createOnnxScorer>, values: readonly (readonly [number, number])[]) {
  const batch: Batch = {
    rows: values.length,
    columns: [0, 1].map((c) => Float64Array.from(values, (row) => row[c]!)),
  }
  const out = new Float64Array(values.length)
  scorer.scoreBatch(batch, out, new Int32Array(values.length))
  return Array.from(out)
}

const open = (session: OnnxSession, of: OnnxModel = model, rowWise = true) =>
  createOnnxScorer({ model: of, session, signature, pipeline, rowWise })

describe('blocks of rows', () => {
  it('are of several sizes where size and place make no difference', () => {
    expect(open(sums(() => false)).blocks).toEqual([1, 8, 64, 512])
  })

  it('are of one size for graphs whose operators promise nothing, though nothing shows', () => {
    expect(
      open(
        sums(() => false),
        model,
        false,
      ).blocks,
    ).toEqual([32])
  })

  it('are of one size where a row alone is summed otherwise', () => {
    const session = sums((rows) => rows === 1)
    const scorer = open(session)
    expect(scorer.blocks).toEqual([32])
    session.sizes.length = 0
    expect(scored(scorer, [[1, 2]])).toEqual(
      scored(scorer, [
        [1, 2],
        [3, 4],
      ]).slice(0, 1),
    )
    expect(session.sizes).toEqual([32, 32])
  })

  it('are single rows where the place makes a difference', () => {
    expect(open(sums((rows, place) => rows > 1 && place % 8 === 7)).blocks).toEqual([1])
  })

  it('are what the graph takes where it takes no other, with the row in every place if places differ', () => {
    const session = sums((rows, place) => rows === 4 && place === 3)
    const scorer = open(session, { ...model, rows: 4 })
    session.sizes.length = 0
    expect(
      scored(scorer, [
        [1, 2],
        [3, 4],
      ]),
    ).toEqual([5, 11])
    expect(session.sizes).toEqual([4, 4])
  })

  it('give every row the same bits alone, in a batch and in another order, whatever the runtime', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const runtimes = [
      sums(() => false),
      sums((rows) => rows === 1),
      sums((rows, place) => rows > 1 && place > 5),
    ]
    const scorers = runtimes.map((session) => open(session))
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 150 }), (rows) => {
        for (const scorer of scorers) {
          const together = scored(scorer, rows)
          expect(rows.flatMap((row) => scored(scorer, [row]))).toEqual(together)
          expect(scored(scorer, rows.toReversed()).toReversed()).toEqual(together)
        }
      }),
      { numRuns: 30 },
    )
  })
})

it('names what a graph answered that is not what it said', () => {
  const answering = (data: Tensor['data']): OnnxSession => ({
    run: () => ({ y: { type: 'float64', data, dims: [], location: 'cpu' } }),
  })
  const one = (session: OnnxSession) => () => scored(open(session), [[1, 2]])
  expect(one(answering(['a']))).toThrow('The ONNX model answered no numbers.')
  expect(one(answering(new Float64Array(3)))).toThrow(
    'The ONNX model answered 3 numbers to 1 rows; expected 1 a row.',
  )
  const refusing: OnnxSession = {
    run() {
      throw new Error('Unknown Category')
    },
  }
  expect(one(refusing)).toThrow('The ONNX model does not take a row: Unknown Category')
})
