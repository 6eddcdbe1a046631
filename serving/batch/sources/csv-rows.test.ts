import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCell, parseCsv } from '../../rows/csv.ts'
import { streamFeed } from './byte-feed.ts'
import { createCsvRows } from './csv-rows.ts'
import { notPlain, readNumber } from './read-number.ts'
import { createTextCells, unquoted } from './text-cells.ts'

const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[",\r\na ]{0,6}$/))
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }))

async function cellsOf(bytes: Buffer, size: number): Promise<string[][]> {
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  })()
  const rows = createCsvRows(
    streamFeed(pieces, async () => {}),
    'test.csv',
  )
  await rows.begin()
  const found: string[][] = []
  const texts = createTextCells()
  for (;;) {
    const cut = await rows.next(3)
    if (cut.rows === 0) return found
    for (let row = 0; row < cut.rows; row++) {
      found.push(
        Array.from({ length: cut.cells[row]! }, (_, c) => {
          const at = cut.firstCell[row]! + c
          const [start, end] = [cut.starts[at]!, cut.ends[at]!]
          const quoted = cut.bytes[start] === 34 && end > start
          return quoted ? unquoted(cut.bytes.toString('utf8', start, end)) : texts.read(cut.bytes, start, end)
        }),
      )
    }
  }
}

// Catches cells of files that differ from the same cells in a request.
describe('CSV rows from bytes', () => {
  it('are what the parser of texts makes of them, however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 9 }),
        async (rows, end, size) => {
          const text = rows.map((cells) => cells.map(csvCell).join(',')).join(end)
          fc.pre(text.charCodeAt(0) !== 0xfeff)
          expect(await cellsOf(Buffer.from(text), size)).toEqual(parseCsv(Buffer.from(text).toString()))
        },
      ),
    )
  })

  it('have numbers to the bit', () => {
    const text = fc.oneof(
      fc.double({ noNaN: true }).map(String),
      fc.integer().map(String),
      fc.stringMatching(/^-?[0-9]{0,10}\.?[0-9]{0,8}$/),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(text, (given) => {
        const bytes = Buffer.from(given)
        const found = readNumber(bytes, 0, bytes.length)
        if (found !== notPlain) expect(Object.is(found, Number(given))).toBe(true)
        else expect(/^-?\d{1,15}$/.test(given)).toBe(false)
      }),
    )
  })
})
