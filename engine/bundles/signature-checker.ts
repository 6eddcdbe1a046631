import { createHash, createPublicKey, verify } from 'node:crypto'
import type { SignatureChecker } from '../../shared/bundle/manifest-signature.ts'

export const signatureChecker: SignatureChecker = {
  verify(text, publicKey, signature) {
    try {
      const x = Buffer.from(publicKey, 'base64').toString('base64url')
      const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })
      return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
    } catch {
      // A key of another length is no key; what it is said to have signed is not signed.
      return false
    }
  },
  sha256: (base64) => createHash('sha256').update(base64, 'base64').digest('base64'),
}
