/**
 * Catches values of a Parquet page that are read otherwise than pyarrow wrote them, whatever the encoding, the codec, the
 * length of the parts and the place of the gaps; and damaged pages that would end in anything but a refusal.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ColumnReader, createColumnReader, type TextTarget } from './column-reader.ts'
import { type ParquetLayout, readParquetLayout } from './layout.ts'
import { parquetColumns, type ReadableColumn } from './parquet-columns.ts'

const folder = join(import.meta.dirname, 'fixtures')
const files = readdirSync(folder).filter((name) => name.endsWith('.parquet'))
const recorded = z
  .record(z.string(), z.array(z.union([z.number(), z.string(), z.boolean(), z.null()])))
  .parse(JSON.parse(readFileSync(join(folder, 'values.json'), 'utf8')))

async function layoutOf(name: string): Promise<ParquetLayout> {
  return (await readParquetLayout(join(folder, name))) ?? expect.unreachable()
}

function readerOf(file: Buffer, layout: ParquetLayout, column: ReadableColumn, g: number): ColumnReader {
  const { start, bytes, codec } = layout.groups[g]!.chunks[column.place]!
  return createColumnReader(column, { codec, bytes }, async (from, length) =>
    file.subarray(start + from, start + Math.min(bytes, from + length)),
  )
}

const readableColumns = (layout: ParquetLayout) =>
  parquetColumns(layout).flatMap(({ read }) => (typeof read === 'string' ? [] : read))

/** A column's values as pyarrow says them. */
async function valuesOf(
  file: Buffer,
  layout: ParquetLayout,
  column: ReadableColumn,
  parts: readonly number[],
): Promise<(number | string | boolean | null)[]> {
  const found: (number | string | boolean | null)[] = []
  let p = 0
  for (const [g, { rows }] of layout.groups.entries()) {
    const reader = readerOf(file, layout, column, g)
    for (let at = 0; at < rows; ) {
      const part = Math.min(parts[p++ % parts.length] ?? 1, rows - at)
      if (column.form.as === 'text') {
        const target: TextTarget = { codes: new Int32Array(part + 1), others: null }
        await reader.texts(target, 1, part)
        const texts = reader.dictionary()
        for (let i = 1; i <= part; i++) {
          const code = target.codes[i]!
          found.push(code >= 0 ? texts[code]! : (target.others?.[i] ?? null))
        }
      } else {
        const target = new Float64Array(part + 1)
        await reader.numbers(target, 1, part)
        for (const value of target.subarray(1)) {
          found.push(Number.isNaN(value) ? null : column.form.as === 'truth' ? value === 1 : value)
        }
      }
      at += part
    }
  }
  return found
}

describe.each(files)('the pages of %s', (name) => {
  it('have the values that pyarrow wrote', async () => {
    const file = readFileSync(join(folder, name))
    const layout = await layoutOf(name)
    const columns = readableColumns(layout)
    expect(columns.map((column) => column.name)).toEqual(Object.keys(recorded))
    const parts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...columns), parts, async (column, lengths) => {
        expect(await valuesOf(file, layout, column, lengths)).toEqual(recorded[column.name])
      }),
      { numRuns: 60 },
    )
  })

  it('are refused, or read as other values, where bytes are damaged', async () => {
    const file = readFileSync(join(folder, name))
    const layout = await layoutOf(name)
    const columns = readableColumns(layout)
    const damage = fc.array(
      fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 255 })),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...columns), damage, async (column, changes) => {
        const damaged = Buffer.from(file)
        const { start, bytes } = layout.groups[0]!.chunks[column.place]!
        for (const [share, bits] of changes) damaged[start + Math.floor(share * bytes)]! ^= bits
        const read = await valuesOf(damaged, layout, column, [50]).catch((error: unknown) => error)
        if (!Array.isArray(read)) expect(read).toBeInstanceOf(RangeError)
        else expect(read).toHaveLength(recorded[column.name]!.length)
      }),
      { numRuns: 120 },
    )
  })
})
