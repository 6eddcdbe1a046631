import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { decodeJson } from '../../shared/decode.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'

/** The file `.slipway/deployments/<name>/deployment.json`. */
export const deploymentRecordSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  bundle: z.string(),
  model: z.strictObject({ name: z.string(), version: z.number().int() }),
  port: z.number().int(),
  created: z.string(),
  /** What runs now or ran last. The instance is what the process calls itself, so that a reused pid is not taken for it. */
  process: z.strictObject({ pid: z.number().int(), instance: z.string(), since: z.string() }).nullable(),
  /** Whether it is meant to run. */
  active: z.boolean(),
  /** Why the last start failed; empty otherwise. */
  problem: z.string(),
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
    return decodeJson(deploymentRecordSchema, text, fileOf(name))
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
