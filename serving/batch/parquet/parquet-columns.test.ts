/** Catches columns that are refused although their pages are read, and refusals that do not say why. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../testing/parquet-values.ts'
import { element } from './column-types.ts'
import { type ThriftStruct, thriftInt, thriftList } from './compact-thrift.ts'
import { listOf, type ParquetLayout, structOf } from './layout.ts'
import { parquetColumns } from './parquet-columns.ts'

const fixture = () => layoutOf(join(import.meta.dirname, 'fixtures', 'plain.parquet'))

/** What is said of the first column where the footer has other fields. */
async function saidOfFirst(change: (column: ThriftStruct, schema: ThriftStruct) => void): Promise<unknown> {
  const layout: ParquetLayout = await fixture()
  const [, schema] = listOf(layout.footer.get(2))
  for (const group of listOf(layout.footer.get(4))) {
    const [chunk] = listOf(structOf(group).get(1))
    change(structOf(structOf(chunk).get(3)), structOf(schema))
  }
  return parquetColumns(layout)[0]?.read
}

describe('columns of a Parquet file', () => {
  it('are all read where they are flat and of known types', async () => {
    const columns = parquetColumns(await fixture())
    expect(columns.length).toBeGreaterThan(3)
    expect(columns.filter(({ read }) => typeof read === 'string')).toEqual([])
  })

  it('are read where a writer in Java names an encoding of levels that there are none of', async () => {
    const java = thriftList(
      5,
      [4, 3, 2].map((encoding) => thriftInt(encoding)),
    )
    expect(await saidOfFirst((column) => column.set(2, java))).toMatchObject({ place: 0 })
  })

  it('are refused with the reason', async () => {
    expect(await saidOfFirst((column) => column.set(4, thriftInt(3)))).toBe(
      'is compressed in a way that is not read here (codec 3)',
    )
    expect(await saidOfFirst((column) => column.set(2, thriftList(5, [thriftInt(77)])))).toBe(
      'has an encoding that is not read here (encoding 77)',
    )
    expect(await saidOfFirst((_, schema) => schema.set(element.repetition, thriftInt(2)))).toBe('is nested')
    expect(await saidOfFirst((_, schema) => schema.set(element.converted, thriftInt(21)))).toBe(
      'has a type that is not read here',
    )
  })
})
