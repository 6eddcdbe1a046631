/** Catches a byte of the two files that no digest covers which can be changed, and nobody notices. */
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeJson } from '../decode.ts'
import { type Manifest, manifestSchema } from './manifest.ts'
import { signedText } from './manifest-signature.ts'
import { createSignatureChecker } from './signature-checker.ts'
import { checkSignedFiles, signedFileText } from './signed-files.ts'
import type { StoredReport } from './stored-report.ts'

const checker = createSignatureChecker({
  createPublicKey,
  verify,
  createHash,
  encode: (text) => Buffer.from(text),
})
const keys = generateKeyPairSync('ed25519')
const publicKey = Buffer.from(String(keys.publicKey.export({ format: 'jwk' }).x), 'base64url').toString(
  'base64',
)

function signed<T extends Manifest | StoredReport>(unsigned: T): T {
  const value = sign(null, Buffer.from(signedText(unsigned)), keys.privateKey).toString('base64')
  return { ...unsigned, signature: { algorithm: 'ed25519', publicKey, value } }
}

const manifestText = signedFileText(
  signed<Manifest>({
    format: 1,
    name: 'größe "A"',
    version: 3,
    created: '2026-01-01T00:00:00.000Z',
    runtime: { slipway: '0.1.0', node: '24.0.0', target: 'any' },
    files: [{ path: 'card.md', bytes: 10, sha256: '00' }],
  }),
)
const reportText = signedFileText(
  signed<StoredReport>({
    format: 1,
    name: 'größe "A"',
    version: 3,
    target: 'any',
    created: '2026-01-01T00:00:01.000Z',
    manifest: checker.sha256(manifestText, 'hex'),
    slipway: '0.1.0',
    node: '24.0.0',
    platform: 'linux-x64',
    ok: true,
    bytes: 1000,
    checks: [{ name: 'Latency', status: 'passed', detail: 'p50 0.10 ms' }],
  }),
)

function accepts(texts: { manifest: string; report: string | null }): boolean {
  let manifest: Manifest
  try {
    manifest = decodeJson(manifestSchema, texts.manifest, 'manifest.json')
  } catch {
    return false
  }
  const files = { manifest, manifestText: texts.manifest, reportText: texts.report }
  const { signed: found, reportProblem } = checkSignedFiles(files, checker)
  return found.kind === 'signed' && reportProblem === null
}

/** The places at which another byte would be taken. */
function taken(text: string, accepting: (changed: string) => boolean): string[] {
  const bytes = Buffer.from(text)
  const found: string[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    // A bit; the next letter of base64; one kind of space for another.
    for (const other of [byte ^ 1, byte + 1, ...(byte === 0x20 ? [0x0a] : [])]) {
      const changed = Buffer.from(bytes)
      changed[at] = other
      if (accepting(changed.toString())) found.push(`byte ${at}: ${byte} to ${other}`)
    }
  }
  return found
}

describe('the signed files of a bundle', () => {
  it('are taken as they were signed, the report or no report', () => {
    expect(accepts({ manifest: manifestText, report: reportText })).toBe(true)
    expect(accepts({ manifest: manifestText, report: null })).toBe(true)
  })

  it('are refused with any other byte anywhere', () => {
    expect(taken(manifestText, (manifest) => accepts({ manifest, report: null }))).toEqual([])
    expect(taken(reportText, (report) => accepts({ manifest: manifestText, report }))).toEqual([])
  })

  it('are refused with a key that stands twice, an escape in place of a letter, or a space more', () => {
    const spellings: [string, string][] = [
      ['"version": 3', '"version": 2,\n  "version": 3'],
      ['card.md', 'c\\u0061rd.md'],
      ['"format": 1', '"format":  1'],
      ['"version": 3', '"version": 3.0'],
    ]
    for (const [from, to] of spellings) {
      const manifest = manifestText.replace(from, to)
      expect(manifest).not.toBe(manifestText)
      expect([to, accepts({ manifest, report: null })]).toEqual([to, false])
    }
  })
})
