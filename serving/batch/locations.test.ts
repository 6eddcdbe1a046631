import { describe, expect, it } from 'vitest'
import { parseLocation, shownLocation } from './locations.ts'

describe('a PostgreSQL address as it is shown', () => {
  it.each([
    ['postgres://ana@host/db#t', 'postgres://ana@host/db#t'],
    ['postgres://ana:s3cret@host:5432/db#t', 'postgres://ana:***@host:5432/db#t'],
    ['postgres://ana:s3/c@r?e:t@host/db#t', 'postgres://ana:***@host/db#t'],
    ['postgres://host/db?user=ana&password=s3cret#t', 'postgres://host/db?user=ana&password=***#t'],
    ['postgres://host/db?password=s3cret&user=a@b#t', 'postgres://host/db?password=***&user=a@b#t'],
    ['postgresql://a:s3cret@h/db?sslpassword=s3cret#t', 'postgresql://a:***@h/db?sslpassword=***#t'],
  ])('has no password: %s', (word, shown) => {
    expect(shownLocation(parseLocation(word))).toBe(shown)
    expect(shown).not.toContain('s3')
  })
})
