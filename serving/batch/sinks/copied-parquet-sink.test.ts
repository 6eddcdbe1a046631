/** Catches Parquet copies that lose or move a value of the rows that stay when others are taken out, nested ones as well. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckDbSession, openDuckDb } from '../duckdb-session.ts'
import { type ChunkColumn, type RowChunk, rowNumbers } from '../row-chunk.ts'
import { layoutOf } from '../testing/parquet-values.ts'
import { scoredRows } from '../testing/scored-rows.ts'
import { createCopiedParquetSink } from './copied-parquet-sink.ts'

let folder: string
let session: DuckDbSession
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-kept-'))
  session = await openDuckDb(':memory:', 'the test')
})
afterAll(async () => {
  session.close()
  await rm(folder, { recursive: true, force: true })
})

const added: ChunkColumn[] = [{ name: 'prediction', type: { kind: 'double', sql: 'DOUBLE' } }]
const rows = 5_000

const forms = [
  'compression snappy',
  'compression gzip, parquet_version v2',
  'compression zstd, dictionary_size_limit 0',
  'compression brotli, dictionary_size_limit 0, parquet_version v2',
  'compression lz4_raw',
  'compression uncompressed, parquet_version v2',
]

function chunkOf(from: number, count: number): RowChunk {
  return {
    rows: count,
    columns: [],
    values: [],
    textCells: false,
    records: null,
    numbers: rowNumbers(from + 1, count),
    lines: null,
    arrow: null,
    unread: [],
    position: null,
    fraction: null,
  }
}

describe.each(forms)('rows taken out of a file of %s', (options) => {
  it('leave the others whole', async () => {
    const from = join(folder, `${options.replaceAll(/\W+/g, '-')}.parquet`)
    await session.run(`copy (select i, i % 7 as few, (i * 7919) % 1000003 as many, 'text ' || i as text,
        ['a', 'ü', null][i % 3 + 1] as category, i % 2 = 0 as truth, case when i % 5 > 0 then i / 8 end as number,
        (i / 3)::decimal(38,6) as huge, uuid() as key, date '2026-01-01' + (i % 90)::int as day,
        case when i % 4 > 0 then [x for x in range(i % 5) if true] end as list,
        [{a: i, b: [null, 'x' || i, 'y']}, null] as deep, map {'k' || i % 3: i, 'z': null} as pairs,
        {a: i, b: case when i % 3 = 0 then {c: i, d: [i, null]} end} as pair, interval (i) day as span
      from range(${rows}) t(i)) to '${from}' (format parquet, row_group_size 2048, ${options})`)
    const layout = await layoutOf(from)
    let files = 0
    // None of a row group's rows, all of them, and any.
    const share = fc.constantFrom(0, 1, 0.001, 0.5, 0.999)
    await fc.assert(
      fc.asyncProperty(fc.tuple(share, share, share), fc.integer(), async (shares, seed) => {
        const to = `${from}.${files++}.parquet`
        const sink = createCopiedParquetSink(to, added, { from, layout, classes: [] })
        await sink.open(false)
        const stays: boolean[] = []
        let done = 0
        for (const [g, group] of layout.groups.entries()) {
          for (let at = 0; at < group.rows; ) {
            const count = Math.min(700, group.rows - at)
            const first = done + at
            const keeps = (row: number) => {
              const random = Math.imul(first + row + 1, 2654435761 ^ seed) >>> 0
              return random / 2 ** 32 < shares[g]!
            }
            for (let row = 0; row < count; row++) stays.push(keeps(row))
            await sink.write(scoredRows(chunkOf(first, count), keeps))
            at += count
          }
          done += group.rows
        }
        await sink.finish()
        const list = stays.flatMap((kept, i) => (kept ? i : []))
        const [counted] = await session.rows(
          `select count(*)::int as n, count(*) filter (prediction <> i + 1)::int as odd from '${to}'`,
        )
        expect(counted).toEqual({ n: list.length, odd: 0 })
        const expected = `select *, i + 1.0::double as prediction from '${from}' where i in (select unnest([${list.join(', ')}]::bigint[]))`
        const different = await session.rows(`select count(*)::int as n from
          ((${expected} except all from '${to}') union all (from '${to}' except all ${expected}))`)
        expect(different).toEqual([{ n: 0 }])
        const types = (path: string) =>
          session.rows(`select column_name, column_type from (describe from '${path}')`)
        expect((await types(to)).slice(0, -1)).toEqual(await types(from))
      }),
      { numRuns: 4 },
    )
  })
})
