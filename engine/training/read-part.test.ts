import { beforeAll, expect, test } from 'vitest'
import { missingCode, unseenCode } from '../../shared/features/batch.ts'
import { literal, type Session } from '../data/database.ts'
import { openMemorySession } from '../data/testing/memory-session.ts'
import { readRows } from './read-part.ts'

let session: Session
beforeAll(async () => {
  const memory = await openMemorySession()
  session = memory.session
  return memory.close
})

// Few categories are searched in a list, many are looked up in an ENUM.
test.each([1, 3, 32, 33, 500])(
  'of %i categories, every text becomes its own place, none or missing',
  async (count) => {
    const odd = ["it's", '', ' ', 'NULL', 'ä', '😀', 'A']
    const categories = Array.from({ length: count }, (_, i) => odd[i] ?? `category ${i}`)
    const texts = [...categories, 'a', 'category', "it''s", null, '  ', ...categories.toReversed()]
    await session.run(
      `create or replace table texts as select * from (values ${texts
        .map((text, i) => `(${i}, ${text === null ? 'null' : literal(text)})`)
        .join(', ')}) t(n, t)`,
    )
    const { batch, numbers } = await readRows(
      session,
      { version: 1, columns: [{ kind: 'codes', name: 't', categories }], width: 1, inputs: ['t'] },
      { columns: ['t'], numbers: ['nullif(n, 1)'], from: 'from texts order by n' },
      texts.length,
    )
    const place = (text: string) => (categories.includes(text) ? categories.indexOf(text) : unseenCode)
    expect(Array.from(batch.columns[0]!)).toEqual(
      texts.map((text) => (text === null ? missingCode : place(text))),
    )
    expect(Array.from(numbers[0]!)).toEqual(texts.map((_, i) => (i === 1 ? Number.NaN : i)))
  },
)
