import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCsvParser, csvLine, parseCsv } from './csv.ts'

const cell = fc.oneof(fc.string(), fc.stringMatching(/^[",\r\na ]{0,6}$/))
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }))

// Catches cells that change on the way through `score`: quotes, separators and line ends within them.
describe('CSV', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, lineEnd) => {
        const text = rows.map((cells) => csvLine(cells) + lineEnd).join('')
        fc.pre(text.charCodeAt(0) !== 0xfeff)
        expect(parseCsv(text)).toEqual(rows)
      }),
    )
  })

  it('reads the same however the text is cut into pieces', () => {
    fc.assert(
      fc.property(table, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (rows, sizes) => {
        const text = rows.map((cells) => `${csvLine(cells)}\r\n`).join('')
        fc.pre(text.charCodeAt(0) !== 0xfeff)
        const found: string[][] = []
        const parser = createCsvParser((cells) => found.push(cells))
        for (let at = 0; at < text.length; ) {
          const size = sizes.next().value ?? 1
          parser.write(text.slice(at, at + size))
          at += size
        }
        parser.end()
        expect(found).toEqual(rows)
      }),
    )
  })

  it('passes over a byte-order mark, blank lines and a missing last line end', () => {
    expect(parseCsv('\uFEFFa,b\r\n\r\n1,"x ""y"""\n,')).toEqual([
      ['a', 'b'],
      ['1', 'x "y"'],
      ['', ''],
    ])
  })

  it('says when the text ends inside a quoted cell', () => {
    expect(() => parseCsv('a,"b\n')).toThrow('inside a quoted cell')
  })
})
