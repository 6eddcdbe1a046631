/** Catches a staging table that PostgreSQL takes for the output, which scoring would then drop. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stagingName } from './staging-name.ts'

/** As PostgreSQL cuts a name. */
function cut(name: string): string {
  let kept = ''
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > 63) break
    kept += character
  }
  return kept
}

describe('the name of a staging table', () => {
  it('says whose it is', () => {
    expect(stagingName('scored')).toBe('scored__slipway_part')
    expect(stagingName('a'.repeat(63))).toMatch(/^a{36}_[0-9a-f]{12}__slipway_part$/)
  })

  it('is never cut by PostgreSQL, nor that of the output, however long its name', () => {
    const names = fc.oneof(
      fc.string({ minLength: 1, maxLength: 80 }),
      fc.string({ unit: 'grapheme', minLength: 20, maxLength: 60 }),
      fc.integer({ min: 1, max: 80 }).map((length) => 'a'.repeat(length)),
    )
    fc.assert(
      fc.property(names, (table) => {
        const name = stagingName(table)
        expect(cut(name)).toBe(name)
        expect(name).not.toBe(cut(table))
      }),
    )
  })

  it('is another for names that only differ at their ends', () => {
    expect(stagingName(`${'a'.repeat(62)}b`)).not.toBe(stagingName(`${'a'.repeat(62)}c`))
  })
})
