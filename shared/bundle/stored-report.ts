import { z } from 'zod'
import { checkSchema } from './check.ts'
import { manifestSignatureSchema, targetSchema } from './manifest.ts'

/**
 * The bundle's copy of it, beside the manifest, which does not list it: it holds times, and the digest of the manifest. It
 * has a signature of its own therefore.
 */
export const storedReportFile = 'verification.json'

/** How a bundle was verified when it was packaged: kept with the model version and inside the bundle. */
export const storedReportSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  version: z.number().int().min(1),
  target: targetSchema,
  /** When the verification ended, ISO 8601. */
  created: z.string(),
  /** SHA-256 of the `manifest.json` that was verified: what the report is about, to the last byte. */
  manifest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where it ran. */
  slipway: z.string(),
  node: z.string(),
  platform: z.string(),
  ok: z.boolean(),
  bytes: z.number().int(),
  checks: z.array(checkSchema),
  /** With the key of the manifest. Absent from reports written before they were signed. */
  signature: manifestSignatureSchema.optional(),
})
export type StoredReport = z.infer<typeof storedReportSchema>
