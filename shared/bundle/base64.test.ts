/** Catches a second text for the same bytes: a changed character that no signature or digest would notice. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfBase64 } from './base64.ts'

describe('base64', () => {
  it('gives back the bytes that it was written for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(bytesOfBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
      }),
    )
  })

  it('is read only where no other text stands for the same bytes', () => {
    fc.assert(
      fc.property(
        fc.base64String({ maxLength: 60 }),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (text, place, character) => {
          const at = place % Math.max(1, text.length)
          for (const one of [text, text.slice(0, at) + character + text.slice(at + 1)]) {
            const bytes = bytesOfBase64(one)
            if (bytes !== null) expect(Buffer.from(bytes).toString('base64')).toBe(one)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it.each(['QQ', 'QQ=', 'QR==', 'QUF=', 'Q===', 'QUJ D', 'QUJ-', ' QQ='])('refuses %j', (text) => {
    expect(bytesOfBase64(text)).toBeNull()
  })
})
