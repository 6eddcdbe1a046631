import { createHash, createPublicKey, verify } from 'node:crypto'
import { createSignatureChecker } from '../../shared/bundle/signature-checker.ts'

export const signatureChecker = createSignatureChecker({
  createPublicKey,
  verify,
  createHash,
  encode: (text) => Buffer.from(text),
})
