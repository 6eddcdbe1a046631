import { bytesOfBase64 } from './base64.ts'

/** The platform's cryptography. Keys and signatures are base64. */
export interface SignatureChecker {
  /** Ed25519; false also where the key or the signature is malformed. */
  verify(text: string, publicKey: string, signature: string): boolean
  sha256(data: string | Uint8Array, encoding: 'base64' | 'hex'): string
}

/** What is taken of `node:crypto`: shared code imports no Node, and bundle and workbench have the same. */
export interface NodeCrypto<Key> {
  createPublicKey(key: { format: 'jwk'; key: { kty: string; crv: string; x: string } }): Key
  verify(algorithm: null, data: Uint8Array, key: Key, signature: Uint8Array): boolean
  createHash(algorithm: 'sha256'): {
    update(data: string | Uint8Array): { digest(encoding: 'base64' | 'hex'): string }
  }
  /** UTF-8. */
  encode(text: string): Uint8Array
}

export function createSignatureChecker<Key>(crypto: NodeCrypto<Key>): SignatureChecker {
  return {
    verify(text, publicKey, signature) {
      const bytes = bytesOfBase64(signature)
      if (bytes === null || bytesOfBase64(publicKey) === null) return false
      const x = publicKey.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
      try {
        const key = crypto.createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })
        return crypto.verify(null, crypto.encode(text), key, bytes)
      } catch {
        // A key of another length is no key; what it is said to have signed is not signed.
        return false
      }
    },
    sha256: (data, encoding) => crypto.createHash('sha256').update(data).digest(encoding),
  }
}
