/** Catches a change of the signed text between the workbench that signs and the bundle that checks. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson } from '../decode.ts'
import { canonicalJson } from '../drift/layout-hash.ts'
import { type Manifest, manifestSchema } from './manifest.ts'
import { checkManifestSignature, keyFingerprint, signedText } from './manifest-signature.ts'
import type { SignatureChecker } from './signature-checker.ts'

const manifests = fc.record<Manifest>({
  format: fc.constant(1),
  name: fc.string(),
  version: fc.integer({ min: 1, max: 1000 }),
  created: fc.string(),
  runtime: fc.record({ slipway: fc.string(), node: fc.string(), target: fc.constant('any' as const) }),
  files: fc.array(fc.record({ path: fc.string(), bytes: fc.nat(), sha256: fc.string() })),
})
const signature = { algorithm: 'ed25519' as const, publicKey: 'a2V5', value: 'c2lnbmVk' }

/** Stands for a key that has signed one text. */
const checkerOf = (text: string): SignatureChecker => ({
  verify: (found) => found === text,
  sha256: (bytes) => `${Buffer.from(bytes).toString('base64')}=`,
})

describe('the signed text of a manifest', () => {
  it('is the same after the file was written and read, whatever the order of its keys', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const turned = Object.fromEntries(Object.entries({ ...manifest, signature }).reverse())
        const read = decodeJson(manifestSchema, JSON.stringify(turned, null, 2), 'manifest.json')
        expect(signedText(read)).toBe(signedText(manifest))
        expect(checkManifestSignature(read, checkerOf(signedText(manifest)))).toEqual({
          kind: 'signed',
          fingerprint: 'SHA256:a2V5',
        })
      }),
    )
  })

  it('is another one when anything but the signature is another', () => {
    fc.assert(
      fc.property(manifests, manifests, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        expect(checkManifestSignature({ ...other, signature }, checkerOf(signedText(one))).kind).toBe(
          'broken',
        )
      }),
    )
  })

  it('is written as RFC 8785 writes its example of numbers, literals and text', () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('may be without a signature, and then has no fingerprint', () => {
    const [manifest] = fc.sample(manifests, 1)
    if (!manifest) throw new Error('no manifest')
    expect(checkManifestSignature(manifest, checkerOf(''))).toEqual({ kind: 'unsigned' })
    expect(keyFingerprint('a2V5', { sha256: () => 'abc=' })).toBe('SHA256:abc')
  })
})
