import { expect, it } from 'vitest'
import { signerLine } from './signer-line.ts'

it('names the key of a bundle, and warns of one that is not our own and of none', () => {
  const signed = { kind: 'signed', fingerprint: 'SHA256:abc' } as const
  expect(signerLine('churn-1', { signed, own: true })).toBe("Signed by SHA256:abc, this workspace's key.\n")
  expect(signerLine('churn-1', { signed, own: false })).toMatch(
    /^Warning: churn-1 is signed by SHA256:abc, not this workspace's key\./,
  )
  expect(signerLine('churn-1', { signed: { kind: 'unsigned' }, own: false })).toMatch(
    /^Warning: churn-1 is not signed\./,
  )
  expect(signerLine('churn-1', { signed: { ...signed, kind: 'broken' }, own: false })).toBe('')
})
