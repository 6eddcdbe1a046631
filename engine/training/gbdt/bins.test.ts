/** Properties of the bins, and of the compiled kernel beside plain loops: they catch a wrong instruction or offset. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateWasmMemory } from '../../../shared/wasm.ts'
import { seededRandom } from '../seeded-random.ts'
import { binRows, chooseCategoryBins, chooseCuts, fitBins } from './bins.ts'
import { compileKernel, openKernel } from './kernel.ts'

const someValues = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
  minLength: 1,
  maxLength: 60,
})

test('cuts ascend, keep equal values together, and tell all values apart where there are bins enough', () => {
  fc.assert(
    fc.property(someValues, fc.integer({ min: 3, max: 100 }), (values, maxBins) => {
      const sorted = Float32Array.from(values).sort()
      const cuts = chooseCuts(sorted, maxBins)
      expect(cuts.length + 2).toBeLessThanOrEqual(maxBins)
      for (let i = 1; i < cuts.length; i++) expect(cuts[i]!).toBeGreaterThan(cuts[i - 1]!)
      const bins = Array.from(sorted, (value) => cuts.filter((cut) => cut <= value).length)
      const distinct = new Set(sorted).size
      if (distinct <= maxBins - 1) expect(new Set(bins).size).toBe(distinct)
      expect(new Set(bins).size).toBe(cuts.length + 1)
    }),
  )
})

test('many values fill bins about equally', () => {
  const random = seededRandom(3)
  const sorted = Float32Array.from({ length: 50_000 }, () => random() ** 4).sort()
  const cuts = chooseCuts(sorted, 256)
  const counts = new Int32Array(cuts.length + 1)
  for (const value of sorted) counts[cuts.filter((cut) => cut <= value).length]!++
  expect(counts.length).toBe(255)
  expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.1)
})

test('a value is in the bin whose cuts it lies between, a missing one in the last', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      const [rows, width] = [1 + Math.floor(random() * 40), 1 + Math.floor(random() * 3)]
      const values = new Float32Array(rows * width).map(() =>
        random() < 0.2 ? Number.NaN : Math.round(random() * 20),
      )
      const data = {
        rows,
        width,
        target: [],
        read: (from: number, to: number) => values.subarray(from * width, to * width),
      }
      const features = fitBins(data, 8)
      const [byRow, byColumn] = [new Uint8Array(rows * width), new Uint8Array(rows * width)]
      binRows(data, features, byRow, byColumn)
      values.forEach((value, i) => {
        const [row, f] = [Math.floor(i / width), i % width]
        const ends = features[f]!.cuts
        const bin = Number.isNaN(value) ? ends.length + 1 : ends.filter((cut) => cut <= value).length
        expect([byRow[i], byColumn[f * rows + row]]).toEqual([bin, bin])
      })
    }),
  )
})

test('a category has its bin; beyond the bins there are, rare ones share the last', () => {
  const values = Float32Array.of(4, 4, 4, 0, 0, 2, 1, 9)
  expect(chooseCategoryBins(values, 5, 6)).toMatchObject({
    count: 5,
    codes: Uint8Array.of(0, 1, 2, 3, 4),
  })
  expect(chooseCategoryBins(values, 5, 4)).toMatchObject({
    count: 3,
    codes: Uint8Array.of(1, 2, 2, 2, 0),
  })
  const data = { rows: 4, width: 1, target: [], read: () => Float32Array.of(4, Number.NaN, 1, 7) }
  const byRow = new Uint8Array(4)
  binRows(data, [chooseCategoryBins(values, 5, 4)], byRow)
  // A code beyond the last is a missing value.
  expect(Array.from(byRow)).toEqual([0, 3, 2, 3])
})

test('the kernel counts, parts and combines as plain loops do, more inputs than one function takes included', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(1, 3, 130), (seed, width) => {
      const random = seededRandom(seed)
      const rows = 1 + Math.floor(random() * 50)
      const offsets = Array.from({ length: width }, (_, f) => f * 4)
      const memory = allocateWasmMemory(2)
      const kernel = openKernel(compileKernel(offsets, 2), memory)
      const [bins, pairs, ids, list, table, spare, scores] = [0, 8192, 12_288, 16_384, 18_432, 20_480, 24_576]
      const [whole, some, pairsOfAll] = [32_768, 49_152, 4 * width]
      const binOf = new Uint8Array(memory.buffer, bins, rows * width).map(() => Math.floor(random() * 4))
      new Uint8Array(memory.buffer, bins).set(binOf)
      const pairOf = new Float32Array(memory.buffer, pairs, 2 * rows)
      pairOf.forEach((_, i) => {
        pairOf[i] = Math.round(random() * 100)
      })
      const chosen = Array.from({ length: rows }, (_, r) => r).filter(() => random() < 0.7)
      const idOf = new Int32Array(memory.buffer, ids, chosen.length)
      idOf.set(chosen)
      const idsEnd = ids + 4 * chosen.length

      const expected = new Float64Array(2 * pairsOfAll)
      for (const r of chosen) {
        for (let f = 0; f < width; f++) {
          const at = 2 * (offsets[f]! + binOf[r * width + f]!)
          expected[at] = expected[at]! + pairOf[2 * r]!
          expected[at + 1] = expected[at + 1]! + pairOf[2 * r + 1]!
        }
      }
      const histogram = new Float64Array(memory.buffer, whole, 2 * pairsOfAll)
      kernel.build(ids, idsEnd, bins, pairs, whole)
      expect(histogram).toEqual(expected)

      const last = width - 1
      new Int32Array(memory.buffer, list, 2).set([last, 16 * offsets[last]!])
      kernel.buildSome(ids, idsEnd, bins, pairs, some, list, list + 8)
      const only = expected.map((value, i) => (i >= 2 * offsets[last]! ? value : 0))
      expect(new Float64Array(memory.buffer, some, 2 * pairsOfAll)).toEqual(only)
      kernel.subtract(whole, whole + 16 * pairsOfAll, some)
      expect(histogram).toEqual(expected.map((value, i) => value - only[i]!))
      kernel.add(whole, whole + 16 * pairsOfAll, some)
      expect(histogram).toEqual(expected)

      kernel.addToRows(ids, idsEnd, scores, 0.5)
      const scoreOf = Array.from(new Float32Array(memory.buffer, scores, rows))
      expect(scoreOf).toEqual(Array.from({ length: rows }, (_, r) => (chosen.includes(r) ? 0.5 : 0)))

      // Column by column and row by row are the same with one input.
      const column = Array.from({ length: rows }, (_, r) => binOf[r]!)
      new Uint8Array(memory.buffer, table).set([1, 0, 1, 0])
      const end = kernel.partition(ids, idsEnd, bins, table, ids, spare)
      const lefts = chosen.filter((r) => column[r]! % 2 === 0)
      expect((end - ids) / 4).toBe(lefts.length)
      kernel.move(end, spare, idsEnd - end)
      expect(Array.from(idOf)).toEqual([...lefts, ...chosen.filter((r) => column[r]! % 2 === 1)])
    }),
    { numRuns: 40 },
  )
})
