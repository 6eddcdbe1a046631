import { createPublicKey } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Manifest } from '../../shared/bundle/manifest.ts'
import { checkManifestSignature } from '../../shared/bundle/manifest-signature.ts'
import { signatureChecker } from './signature-checker.ts'
import { createSigner } from './signing-key.ts'

let folder: string
let keys: string
beforeEach(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-keys-'))
  keys = join(folder, 'keys')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const manifest: Manifest = {
  format: 1,
  name: 'churn',
  version: 3,
  created: '2026-01-01T00:00:00.000Z',
  runtime: { slipway: '0.1.0', node: '24.0.0', target: 'any' },
  files: [{ path: 'card.md', bytes: 1, sha256: '00' }],
}
const check = (signed: Manifest) => checkManifestSignature(signed, signatureChecker)

describe('the signing key of a workspace', () => {
  it('is made at the first use, readable for its owner alone, and used ever after', async () => {
    const first = await createSigner(keys).sign(manifest)
    expect(check(first)).toMatchObject({
      kind: 'signed',
      fingerprint: expect.stringMatching(/^SHA256:.{43}$/),
    })
    expect(await createSigner(keys).sign(manifest)).toEqual(first)
    expect((await readdir(keys)).sort()).toEqual(['.gitignore', 'ed25519.pem', 'ed25519.pub.pem'])
    if (process.platform !== 'win32') {
      expect((await stat(join(keys, 'ed25519.pem'))).mode & 0o777).toBe(0o600)
      expect((await stat(keys)).mode & 0o777).toBe(0o700)
    }
    const { x = '' } = createPublicKey(await readFile(join(keys, 'ed25519.pub.pem'))).export({
      format: 'jwk',
    })
    expect(Buffer.from(x, 'base64url').toString('base64')).toBe(first.signature?.publicKey)
  })

  it('is one key when several packagings begin at once', async () => {
    const signed = await Promise.all(Array.from({ length: 8 }, () => createSigner(keys).sign(manifest)))
    expect(new Set(signed.map(({ signature }) => signature?.publicKey)).size).toBe(1)
  })

  it('makes a signature that no edit of the manifest or of the signature survives', async () => {
    const signed = await createSigner(keys).sign(manifest)
    const other = await createSigner(join(folder, 'other')).sign(manifest)
    if (!signed.signature || !other.signature) throw new Error('not signed')
    expect(check({ ...signed, version: 4 }).kind).toBe('broken')
    expect(check({ ...signed, files: [] }).kind).toBe('broken')
    expect(check({ ...signed, signature: { ...signed.signature, value: other.signature.value } }).kind).toBe(
      'broken',
    )
    expect(check({ ...signed, signature: { ...signed.signature, publicKey: 'AAAA' } }).kind).toBe('broken')
  })

  it('is named when it is damaged, and not replaced', async () => {
    await createSigner(keys).sign(manifest)
    const path = join(keys, 'ed25519.pem')
    await writeFile(path, 'not a key')
    await expect(createSigner(keys).sign(manifest)).rejects.toThrow(path)
    expect(await readFile(path, 'utf8')).toBe('not a key')
  })
})
