import { canonicalJson } from '../drift/layout-hash.ts'
import { bytesOfBase64 } from './base64.ts'
import type { Manifest } from './manifest.ts'
import type { SignatureChecker } from './signature-checker.ts'
import type { StoredReport } from './stored-report.ts'

/** What a manifest's signature says about it. */
export type Signed =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'signed'; readonly fingerprint: string }
  /** The manifest is not what was signed, or the signature is none. */
  | { readonly kind: 'broken'; readonly fingerprint: string }

/** The text that is signed: everything but the signature. */
export function signedText(signed: Manifest | StoredReport): string {
  const { signature: _, ...rest } = signed
  return canonicalJson(rest)
}

/** Names a public key as OpenSSH does: `SHA256:` and the unpadded base64 of its digest. */
export function keyFingerprint(publicKey: string, checker: Pick<SignatureChecker, 'sha256'>): string {
  const key = bytesOfBase64(publicKey) ?? publicKey
  return `SHA256:${checker.sha256(key, 'base64').replace(/=+$/, '')}`
}

export function checkManifestSignature(manifest: Manifest, checker: SignatureChecker): Signed {
  if (manifest.signature === undefined) return { kind: 'unsigned' }
  const { publicKey, value } = manifest.signature
  const fingerprint = keyFingerprint(publicKey, checker)
  const kind = checker.verify(signedText(manifest), publicKey, value) ? 'signed' : 'broken'
  return { kind, fingerprint }
}

/** What a bundle without a signature lacks; behind it goes what to do. */
export const unsignedBundle = 'it is not signed: nobody vouches for its files'

export const brokenSignature =
  'manifest.json was changed since it was signed: its signature does not fit what it says.'
