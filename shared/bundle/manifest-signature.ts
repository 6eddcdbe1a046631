import { canonicalJson } from '../drift/layout-hash.ts'
import type { Manifest } from './manifest.ts'

/** What a manifest's signature says about it. */
export type Signed =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'signed'; readonly fingerprint: string }
  /** The manifest is not what was signed, or the signature is none. */
  | { readonly kind: 'broken'; readonly fingerprint: string }

/** The platform's cryptography. Keys, digests and signatures are base64. */
export interface SignatureChecker {
  /** Ed25519; false also where the key or the signature is malformed. */
  verify(text: string, publicKey: string, signature: string): boolean
  /** SHA-256 of the bytes that the base64 stands for. */
  sha256(base64: string): string
}

/** The text that is signed: everything but the signature. */
export function signedText(manifest: Manifest): string {
  const { signature: _, ...rest } = manifest
  return canonicalJson(rest)
}

/** Names a public key as OpenSSH does: `SHA256:` and the unpadded base64 of its digest. */
export function keyFingerprint(publicKey: string, checker: Pick<SignatureChecker, 'sha256'>): string {
  return `SHA256:${checker.sha256(publicKey).replace(/=+$/, '')}`
}

export function checkManifestSignature(manifest: Manifest, checker: SignatureChecker): Signed {
  if (manifest.signature === undefined) return { kind: 'unsigned' }
  const { publicKey, value } = manifest.signature
  const fingerprint = keyFingerprint(publicKey, checker)
  const kind = checker.verify(signedText(manifest), publicKey, value) ? 'signed' : 'broken'
  return { kind, fingerprint }
}

export const brokenSignature =
  'manifest.json was changed since it was signed: its signature does not fit what it says.'
