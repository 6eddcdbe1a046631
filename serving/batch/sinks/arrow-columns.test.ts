/** Catches texts that are cut at the wrong byte, and missing values that become texts or numbers. */
import { tableFromColumns, tableFromIPC, tableToIPC } from '@uwdata/flechette'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rowNumbers } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { arrowColumns } from './arrow-columns.ts'

/** Writes every second row, and reads what was written. */
function written(
  texts: readonly (string | null)[],
  numbers: ArrayLike<unknown>,
  textCells = false,
): Record<string, unknown>[] {
  const rows = texts.length
  const kept = Int32Array.from({ length: rows >> 1 }, (_, i) => 2 * i)
  const scored: ScoredChunk = {
    chunk: {
      rows,
      columns: [
        { name: 't', type: { kind: 'text', sql: 'VARCHAR' } },
        { name: 'n', type: { kind: 'double', sql: 'DOUBLE' } },
      ],
      values: [texts, numbers],
      textCells,
      records: null,
      numbers: rowNumbers(1, rows),
      lines: null,
      arrow: null,
      unread: [],
      position: null,
      fraction: null,
    },
    rows: kept.length,
    kept,
    predictions: null,
    labels: [],
    probabilities: new Float64Array(0),
    refused: [],
  }
  const bytes = tableToIPC(tableFromColumns(arrowColumns(scored, [])), {})
  return tableFromIPC(bytes ?? new Uint8Array()).toArray()
}

it('texts of any characters, numbers and missing values come back as they were', () => {
  const row = fc.tuple(
    fc.option(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('ü', '\ud800', '\udc00'))),
    fc.oneof(fc.double(), fc.constant(Number.NaN)),
  )
  fc.assert(
    fc.property(fc.array(row, { minLength: 2 }), (rows) => {
      const numbers = Float64Array.from(rows, ([, number]) => number)
      const found = written(
        rows.map(([text]) => text),
        numbers,
      )
      const expected = rows
        .filter((_, i) => i % 2 === 0 && i + 1 < rows.length)
        // Half a character alone has no bytes in UTF-8.
        .map(([t, n]) => ({ t: t?.toWellFormed() ?? null, n: Number.isNaN(n) ? null : n }))
      expect(found.map(({ t, n }) => ({ t, n }))).toEqual(expected)
    }),
    { numRuns: 50 },
  )
})

it('numbers of CSV with more digits than the quick reader takes are the numbers they spell', () => {
  const cells = ['0.12345678901234566', 'x', '', 'x', 2, 'x', '1e300', 'x']
  expect(
    written(
      cells.map(() => 'a'),
      cells,
      true,
    ).map(({ n }) => n),
  ).toEqual([0.12345678901234566, null, 2, 1e300])
})
