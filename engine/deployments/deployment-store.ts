import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { deploymentSchema } from '../../shared/contract/deployments.ts'
import { decodeJson } from '../../shared/decode.ts'
import { livenessPolicySchema } from '../../shared/liveness.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'
import { serverSettingsSchema } from './deployment-settings.ts'
import { restartPolicySchema } from './restart-policy.ts'
import { logLimitSchema } from './rotate-log.ts'

/** The file `.slipway/deployments/<name>/deployment.json`: what is wanted. What is, its keeper writes (`keeper-file.ts`). */
export const deploymentRecordSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  /** Folder of the bundle that answers. */
  bundle: z.string(),
  model: z.strictObject({ name: z.string(), version: z.number().int() }),
  port: z.number().int(),
  /** Processes that answer behind the port. */
  replicas: z.number().int().min(1),
  shadow: deploymentSchema.shape.shadow,
  canary: deploymentSchema.shape.canary,
  created: z.string(),
  /** Whether it is meant to run. */
  active: z.boolean(),
  /** Whoever deployed it takes a bundle that is not signed; absent where nobody said so. */
  allowUnsigned: z.boolean().optional(),
  restart: restartPolicySchema,
  liveness: livenessPolicySchema,
  log: logLimitSchema,
  /** What its server is told beside: limits, redaction, sampling. Tokens and keys are not here (`deployment-settings.ts`). */
  settings: serverSettingsSchema.default({}),
})
export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>

export interface DeploymentStore {
  folder(name: string): string
  /** In order of their names; folders that hold no readable record are passed over. */
  all(): Promise<DeploymentRecord[]>
  read(name: string): Promise<DeploymentRecord | null>
  /** Replaces the record whole or not at all. */
  write(record: DeploymentRecord): Promise<void>
}

export function createDeploymentStore(home: string): DeploymentStore {
  const fileOf = (name: string) => join(home, name, 'deployment.json')
  const read = async (name: string): Promise<DeploymentRecord | null> => {
    let text: string
    try {
      text = await readFile(fileOf(name), 'utf8')
    } catch {
      return null
    }
    return decodeJson(deploymentRecordSchema, text, fileOf(name), 'Restore the file from a copy.')
  }
  return {
    folder: (name) => join(home, name),
    read,
    async all() {
      const names = await readdir(home).catch(() => [])
      const records = await Promise.all(names.sort().map((name) => read(name).catch(() => null)))
      return records.filter((record) => record !== null)
    },
    write: (record) => atomicWrite(fileOf(record.name), `${JSON.stringify(record, null, 2)}\n`),
  }
}
