import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { namedValues } from '../decoding/named-values.ts'
import { signatureSchema } from '../signature/signature.ts'
import { nothing, procedure } from './base.ts'

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected a letter, then letters, digits, _ or -')

const modelSchema = z.strictObject({ name: z.string(), version: z.number().int() })

/** More than this on one machine brings nothing. */
export const replicasAtMost = 64
const replicas = z.number().int().min(1).max(replicasAtMost)

/** Of a deployment's server, by environment variable, such as `SLIPWAY_RATE`. */
const settings = z.record(z.string(), z.string())

/** Takes a bundle that is not signed; the deployment remembers it. Without it, the failure is `unsigned`. */
const allowUnsigned = z.boolean().optional()

/** A version beside the one that answers: its bundle's folder, and what is in it. */
export const besideSchema = z.strictObject({ bundle: z.string(), model: modelSchema })

export const deploymentSchema = z.strictObject({
  name,
  /** OCI's lifecycle words, and RESTARTING between a crash and the next start. */
  state: z.enum(['CREATING', 'ACTIVE', 'UPDATING', 'RESTARTING', 'INACTIVE', 'FAILED']),
  /** Why it failed or restarts; empty otherwise. */
  problem: z.string(),
  /** `http://127.0.0.1:8101`; stays the same over deactivation and reactivation. */
  endpoint: z.string(),
  model: modelSchema,
  bundle: z.string(),
  /** Processes that answer behind the endpoint. */
  replicas,
  pid: z.number().nullable(),
  /** ISO time of the last start; null while nothing runs. */
  activeSince: z.string().nullable(),
  created: z.string(),
  /** How often it was started again by itself since it was activated, and how its process ended last. */
  restarts: z.number().int(),
  lastExit: z.strictObject({ at: z.string(), reason: z.string() }).nullable(),
  /** ISO time of the next start while RESTARTING. */
  nextStart: z.string().nullable(),
  /** Scored on a copy of the traffic, never answering. */
  shadow: besideSchema.nullable(),
  /** Answers the fraction of requests that falls to it by their id. */
  canary: besideSchema.extend({ fraction: z.number() }).nullable(),
})
export type Deployment = z.infer<typeof deploymentSchema>

/** What a deployment serves from now on; what is not named stays, null ends a shadow or a canary. */
export const versionChangeSchema = z.strictObject({
  bundle: z.string().optional(),
  shadow: z.string().nullable().optional(),
  canary: z
    .strictObject({ bundle: z.string(), fraction: z.number().gt(0).lt(1) })
    .nullable()
    .optional(),
})
export type VersionChange = z.infer<typeof versionChangeSchema>

/** What a deployment is, is told, and takes. */
export const deploymentDescriptionSchema = z.strictObject({
  deployment: deploymentSchema,
  /** Those in force: what its server was started with, or will be. Secrets by their names alone. */
  settings: z.strictObject({ values: settings, secrets: z.array(z.string()) }),
  /** With recorded rows, for the request form and the snippets. */
  signature: signatureSchema,
  examples: z.array(namedValues(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
})
export type DeploymentDescription = z.infer<typeof deploymentDescriptionSchema>
export type SettingsInForce = DeploymentDescription['settings']

/** A process of a deployment, with what it uses now. */
export const servingProcessSchema = z.strictObject({
  role: z.enum(['server', 'primary', 'worker']),
  pid: z.number().int().nullable(),
  state: z.enum(['starting', 'running', 'restarting']),
  since: z.string(),
  restarts: z.number().int(),
  lastExit: z.string().nullable(),
  usage: z
    .strictObject({ cpuSeconds: z.number(), memoryBytes: z.number(), eventLoopDelayMs: z.number() })
    .nullable(),
})
export type ServingProcess = z.infer<typeof servingProcessSchema>

/** One look at all processes of a deployment. */
export const resourceSampleSchema = z.strictObject({
  /** Milliseconds since 1970. */
  at: z.number(),
  /** CPU time over time passed since the look before, 1 is one whole core; null at the first look. */
  cpu: z.number().nullable(),
  memoryBytes: z.number(),
  /** Longest lateness of any event loop since the look before. */
  eventLoopDelayMs: z.number(),
})
export type ResourceSample = z.infer<typeof resourceSampleSchema>

export const deploymentsContract = {
  list: procedure.input(nothing).output(z.array(deploymentSchema)),
  describe: procedure.input(z.strictObject({ name })).output(deploymentDescriptionSchema),
  /** Answers when the endpoint is ready. Default port: a free one; default replicas: one; settings: the server's defaults. */
  deploy: procedure
    .input(
      z.strictObject({
        bundle: z.string(),
        name,
        port: z.number().int().min(1).max(65535).optional(),
        replicas: replicas.optional(),
        settings: settings.optional(),
        allowUnsigned,
      }),
    )
    .output(deploymentSchema),
  /** Settings that are named change, an empty text takes one away; the others stay. */
  activate: procedure.input(z.strictObject({ name, settings: settings.optional() })).output(deploymentSchema),
  deactivate: procedure.input(z.strictObject({ name })).output(deploymentSchema),
  /** Changes which versions serve, without a stop. */
  swap: procedure.input(versionChangeSchema.extend({ name, allowUnsigned })).output(deploymentSchema),
  /** Changes how many processes answer behind the endpoint, without a stop. */
  scale: procedure.input(z.strictObject({ name, replicas })).output(deploymentSchema),
  /** Stops it and forgets the endpoint; the bundle and the stored windows stay. */
  remove: procedure.input(z.strictObject({ name })).output(nothing),
  logs: procedure
    .input(z.strictObject({ name, lines: z.number().int().min(1).max(5000) }))
    .output(z.array(z.string())),
  /** The last lines at once, marked `start`, then new ones as they come. */
  followLogs: procedure
    .input(z.strictObject({ name, lines: z.number().int().min(1).max(5000) }))
    .output(eventIterator(z.strictObject({ start: z.boolean(), lines: z.array(z.string()) }))),
  /** What the processes use now, and at the looks before (the last five minutes when looked at every two seconds). */
  resources: procedure
    .input(z.strictObject({ name }))
    .output(
      z.strictObject({ processes: z.array(servingProcessSchema), samples: z.array(resourceSampleSchema) }),
    ),
  /** Sends one request to the endpoint on the window's behalf (its own page may not). */
  request: procedure
    .input(z.strictObject({ name, rows: z.array(namedValues(z.unknown())).min(1).max(1000) }))
    .output(z.strictObject({ status: z.number(), ms: z.number(), body: z.unknown() })),
}
