import { z } from 'zod'
import { signatureSchema } from '../signature/signature.ts'
import { nothing, procedure } from './base.ts'

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected a letter, then letters, digits, _ or -')

export const deploymentSchema = z.strictObject({
  name,
  /** OCI's lifecycle words. */
  state: z.enum(['CREATING', 'ACTIVE', 'UPDATING', 'INACTIVE', 'FAILED']),
  /** Why it failed; empty otherwise. */
  problem: z.string(),
  /** `http://127.0.0.1:8101`; stays the same over deactivation and reactivation. */
  endpoint: z.string(),
  model: z.strictObject({ name: z.string(), version: z.number().int() }),
  bundle: z.string(),
  pid: z.number().nullable(),
  /** ISO time of the last activation; null when inactive. */
  activeSince: z.string().nullable(),
  created: z.string(),
})
export type Deployment = z.infer<typeof deploymentSchema>

export const deploymentsContract = {
  list: procedure.input(nothing).output(z.array(deploymentSchema)),
  /** A signature and a recorded row, for the request form and the snippets. */
  describe: procedure.input(z.strictObject({ name })).output(
    z.strictObject({
      deployment: deploymentSchema,
      signature: signatureSchema,
      examples: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
    }),
  ),
  /** Answers when the endpoint is ready. Default port: a free one. */
  deploy: procedure
    .input(z.strictObject({ bundle: z.string(), name, port: z.number().int().min(1).max(65535).optional() }))
    .output(deploymentSchema),
  activate: procedure.input(z.strictObject({ name })).output(deploymentSchema),
  deactivate: procedure.input(z.strictObject({ name })).output(deploymentSchema),
  /** Stops it and forgets the endpoint; the bundle and the stored windows stay. */
  remove: procedure.input(z.strictObject({ name })).output(nothing),
  logs: procedure
    .input(z.strictObject({ name, lines: z.number().int().min(1).max(5000) }))
    .output(z.array(z.string())),
  /** Sends one request to the endpoint on the window's behalf (its own page may not). */
  request: procedure
    .input(z.strictObject({ name, rows: z.array(z.record(z.string(), z.unknown())).min(1).max(1000) }))
    .output(z.strictObject({ status: z.number(), ms: z.number(), body: z.unknown() })),
}
