/** Catches damaged pages of any encoding that end in anything but a refusal that names the file and the row group. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Failure } from '../../../shared/failure.ts'
import { layoutOf, parquetSourceOf, valuesOf } from '../testing/parquet-values.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const names = await readdir(fixtures)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-damaged-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const change = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 255 }))

it.each(names)('%s with other bytes is refused, or read as other values', async (name) => {
  const whole = await readFile(join(fixtures, name))
  const { groups } = await layoutOf(join(fixtures, name))
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  const end = Math.max(...groups.flatMap(({ chunks }) => chunks.map(({ start, bytes }) => start + bytes)))
  const path = join(folder, name)
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const damaged = Buffer.from(whole)
      for (const [share, bits] of changes) damaged[4 + Math.floor(share * (end - 4))]! ^= bits
      await writeFile(path, damaged)
      const found = await valuesOf(await parquetSourceOf(path)).catch((error: unknown) => error)
      if (Array.isArray(found)) {
        expect(found.every((column) => column.length === rows)).toBe(true)
      } else {
        expect(found).toBeInstanceOf(Failure)
        expect(found).toMatchObject({ message: expect.stringMatching(/, row group \d+, is damaged: /) })
      }
    }),
    { numRuns: 150 },
  )
})
