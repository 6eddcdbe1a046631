import { z } from 'zod'
import { namedValues } from '../decoding/named-values.ts'
import { transformSummarySchema } from '../transforms/transform-plan.ts'
import { bytesOfBase64 } from './base64.ts'

export const targets = ['any', 'linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'] as const
export const targetSchema = z.enum(targets)
export type Target = z.infer<typeof targetSchema>

/** Nothing of it can be changed without a change of its bytes. */
const base64 = z.string().refine((text) => bytesOfBase64(text) !== null, 'expected base64 as it is written')

/** Ed25519 (RFC 8032) over the canonical JSON of the manifest without this member. Both texts are base64. */
export const manifestSignatureSchema = z.strictObject({
  algorithm: z.literal('ed25519'),
  /** The 32 bytes of the key that signed. */
  publicKey: base64,
  /** 64 bytes. */
  value: base64,
})
export type ManifestSignature = z.infer<typeof manifestSignatureSchema>

/** The file `manifest.json`: what the bundle is, and the SHA-256 of every other file in it. */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  version: z.number().int().min(1),
  /** When the model version was trained: the same version packaged twice gives the same bytes. */
  created: z.string(),
  /** The Slipway and Node versions the predictions were verified on. */
  runtime: z.strictObject({ slipway: z.string(), node: z.string(), target: targetSchema }),
  /** The SQL that requests pass, with the statistics that were frozen in it. */
  transforms: transformSummarySchema.optional(),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.number().int(), sha256: z.string() })),
  /** Absent from bundles written before manifests were signed. */
  signature: manifestSignatureSchema.optional(),
})
export type Manifest = z.infer<typeof manifestSchema>

/** The file `examples.json`: recorded held-out rows with the predictions made at training time. */
export const examplesSchema = z.strictObject({
  version: z.literal(1),
  rows: z.array(namedValues(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  predictions: z.array(z.union([z.string(), z.number(), z.boolean()])),
  /** Classification: a probability per class, in the signature's order of classes. */
  probabilities: z.array(z.array(z.number())).optional(),
})
export type Examples = z.infer<typeof examplesSchema>
