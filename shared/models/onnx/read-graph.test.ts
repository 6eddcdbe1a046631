/** What an ONNX file says of itself is read without the program that runs it. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeInputs } from './describe-inputs.ts'
import { describeOutputs } from './describe-outputs.ts'
import { bytesField, concatenated, fieldsOf, packedVarints, textOf, varintField } from './protobuf.ts'
import { readGraph } from './read-graph.ts'
import { onnxFile, type SketchedGraph, type SketchedValue } from './testing/onnx-file.ts'
import { withoutZipMap } from './without-zip-map.ts'

const fixture = (name: string) =>
  new Uint8Array(
    readFileSync(new URL(`../../../engine/importing/fixtures/onnx/${name}.onnx`, import.meta.url)),
  )

const rows: SketchedValue = { name: 'x', type: 1, shape: [null, 3] }
const sketch = (more: Partial<SketchedGraph>) =>
  readGraph(
    onnxFile({
      inputs: [rows],
      outputs: [{ name: 'y', type: 1, shape: [null, 1] }],
      nodes: [{ type: 'MatMul', inputs: ['x'], outputs: ['y'] }],
      ...more,
    }),
    'm.onnx',
  )
const inputsOf = (inputs: SketchedValue[]) => describeInputs(sketch({ inputs }), 'm.onnx')
const outputsOf = (outputs: SketchedValue[]) => describeOutputs(sketch({ outputs }), 'm.onnx')

describe('protobuf', () => {
  it('gives back every field that was written, and their raw bytes are the message', () => {
    const field = fc.oneof(
      fc.record({ number: fc.integer({ min: 1, max: 2 ** 20 }), value: fc.maxSafeNat() }),
      fc.record({ number: fc.integer({ min: 1, max: 2 ** 20 }), value: fc.uint8Array({ maxLength: 300 }) }),
    )
    fc.assert(
      fc.property(fc.array(field), (written) => {
        const bytes = concatenated(
          written.map(({ number, value }) =>
            typeof value === 'number' ? varintField(number, value) : bytesField(number, value),
          ),
        )
        const found = [...fieldsOf(bytes)]
        expect(
          found.map(({ number, value }) => ({
            number,
            value: typeof value === 'bigint' ? Number(value) : value,
          })),
        ).toEqual(written)
        expect(concatenated(found.map(({ raw }) => raw))).toEqual(bytes)
      }),
    )
  })

  it('reads texts of any letters, packed and negative numbers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textOf(new Uint8Array(Buffer.from(text, 'utf8')))).toBe(text)
      }),
    )
    expect(packedVarints(Uint8Array.of(1, 0xac, 2, ...Array<number>(9).fill(0xff), 1))).toEqual([
      1n,
      300n,
      -1n,
    ])
  })

  it('either reads bytes or says that they are damaged, whatever they are', () => {
    const whole = fixture('boosted')
    const cut = fc.nat(whole.length).map((length) => whole.subarray(0, length))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), cut), (bytes) => {
        try {
          expect(readGraph(bytes, 'm.onnx').nodes.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('m.onnx') })
        }
      }),
    )
  })
})

describe('a graph', () => {
  it('tells who wrote it, its inputs with their types, and the texts it tells apart', () => {
    const graph = readGraph(fixture('logistic-maps'), 'm.onnx')
    expect(graph.producer).toMatch(/^skl2onnx \d/)
    expect(describeInputs(graph, 'm.onnx')).toEqual({
      rows: null,
      inputs: [
        { name: 'tenure', type: 'int64', columns: 1, categories: null },
        { name: 'charges', type: 'float32', columns: 1, categories: null },
        { name: 'contract', type: 'string', columns: 1, categories: ['month', 'one year', 'two years'] },
        { name: 'partner', type: 'bool', columns: 1, categories: null },
      ],
    })
  })

  it('tells the labels of its classes, whether a classifier, a list or ZipMap has them', () => {
    const answers = (name: string) => describeOutputs(readGraph(fixture(name), 'm.onnx'), 'm.onnx')
    expect(answers('logistic-maps')).toMatchObject({
      kind: 'classes',
      zipMap: true,
      label: { values: ['leaves', 'stays'] },
    })
    expect(answers('boosted')).toMatchObject({ zipMap: false, columns: 2, label: { values: [0, 1] } })
    expect(answers('network')).toMatchObject({ columns: 3, label: { values: ['finch', 'robin', 'wren'] } })
  })

  it('without labels is a softmax of classes, a sigmoid of two, or a number', () => {
    const answers = (name: string) => describeOutputs(readGraph(fixture(name), 'm.onnx'), 'm.onnx')
    expect(answers('torch-softmax')).toEqual({
      kind: 'classes',
      scores: 'p',
      zipMap: false,
      columns: 3,
      label: null,
    })
    expect(answers('torch-one-row')).toMatchObject({ kind: 'positive', columns: 1 })
    expect(answers('price')).toMatchObject({ kind: 'value', columns: 1 })
  })

  it('says how many rows it takes, where it is no choice', () => {
    expect(describeInputs(readGraph(fixture('torch-one-row'), 'm.onnx'), 'm.onnx').rows).toBe(1)
    expect(inputsOf([{ ...rows, shape: [null, null] }]).inputs[0]?.columns).toBeNull()
    expect(() =>
      inputsOf([
        { ...rows, shape: [2, 1] },
        { ...rows, name: 'z', shape: [3, 1] },
      ]),
    ).toThrow('The inputs of m.onnx take different numbers of rows: 2, 3.')
  })

  it('refuses inputs that are not columns, by name', () => {
    expect(() => inputsOf([{ ...rows, shape: [null, 3, 32, 32] }])).toThrow(
      'The input "x" of m.onnx has 4 dimensions (any × 3 × 32 × 32); expected rows × columns.',
    )
    expect(() => inputsOf([{ name: 'x', type: 1 }])).toThrow('The input "x" of m.onnx has no shape')
    expect(() => inputsOf([{ ...rows, type: 10 }])).toThrow(
      'The input "x" of m.onnx is float16; expected float32',
    )
    expect(() => inputsOf([{ ...rows, shape: [null, 20_000] }])).toThrow(
      'has 20000 columns; 10000 at most can be fed',
    )
    expect(() => inputsOf([])).toThrow('m.onnx has no inputs.')
    const reads = sketch({
      inputs: [{ name: 'x', type: 8, shape: [null, 1] }],
      nodes: [{ type: 'TfIdfVectorizer', inputs: ['x'], outputs: ['y'] }],
    })
    expect(() => describeInputs(reads, 'm.onnx')).toThrow(
      'goes into TfIdfVectorizer, which works on the text',
    )
  })

  it('refuses outputs that are not an answer a row, by name', () => {
    const number = (name: string, shape: (number | null)[] = [null, 1]) => ({ name, type: 1, shape })
    expect(() => outputsOf([number('low'), number('high')])).toThrow(
      'm.onnx has the outputs "low" (float32, any × 1), "high" (float32, any × 1); expected one of numbers',
    )
    expect(() => outputsOf([{ name: 'label', type: 7, shape: [null] }])).toThrow(
      'Labels alone are not enough.',
    )
    expect(() => outputsOf([number('y', [null, 3, 4])])).toThrow(
      'has the output "y" of 3 dimensions (any × 3 × 4)',
    )
    expect(() => outputsOf([{ name: 'label', type: 7, shape: [null] }, number('y')])).toThrow(
      'has one score a row beside the label "label"',
    )
    expect(() =>
      outputsOf([
        { name: 'label', type: 7, shape: [null] },
        { name: 'y', type: 'maps' },
      ]),
    ).toThrow('maps that ZipMap did not make')
  })

  it('passes over weights that old files list among the inputs', () => {
    const graph = sketch({ inputs: [rows, { name: 'w', type: 7, shape: [2] }], constants: { w: [4, 5] } })
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x'])
    expect(graph.constant('w')).toEqual(['4', '5'])
  })
})

it('maps by label are left out and what they are made of is answered, everything else as it was', () => {
  const bytes = fixture('logistic-maps')
  const [before, after] = [readGraph(bytes, 'm.onnx'), readGraph(withoutZipMap(bytes), 'm.onnx')]
  expect(before.outputs.map(({ name, type }) => [name, type])).toEqual([
    ['output_label', 'string'],
    ['output_probability', 'maps'],
  ])
  expect(after.outputs.map(({ name, type }) => [name, type])).toEqual([
    ['output_label', 'string'],
    ['probabilities', 'float32'],
  ])
  expect(after.nodes.map(({ type }) => type)).toEqual(
    before.nodes.map(({ type }) => type).filter((type) => type !== 'ZipMap'),
  )
  expect(withoutZipMap(fixture('boosted'))).toEqual(fixture('boosted'))
})
