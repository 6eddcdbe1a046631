import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { deploymentSchema } from '../../shared/contract/deployments.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { livenessPolicySchema } from '../../shared/liveness.ts'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'
import { isMissing } from '../catalog/catalog-folders.ts'
import { begunAt, claimFolder, removeFolder, temporaryName } from '../catalog/claim-folder.ts'
import { atomicWrite, writeFailure } from '../workspace/atomic-write.ts'
import { makeFolder } from '../workspace/make-folder.ts'
import { serverSettingsSchema } from './deployment-settings.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { restartPolicySchema } from './restart-policy.ts'
import { logLimitSchema } from './rotate-log.ts'
import { removedFailure, writeInPlace } from './write-in-place.ts'

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
  /** Those that are taken, also by what cannot be read. */
  names(): Promise<string[]>
  /** In order of their names; folders that hold no readable record are passed over. */
  all(): Promise<DeploymentRecord[]>
  read(name: string): Promise<DeploymentRecord | null>
  /**
   * Replaces the record whole or not at all by what `to` makes of it as it is then: processes that change it at the same
   * time undo nothing of each other's.
   *
   * @throws Failure `conflict` where it was removed
   */
  change(name: string, to: (now: DeploymentRecord) => DeploymentRecord): Promise<DeploymentRecord>
  /**
   * Gives a new deployment its folder, whole or not at all. Of any number of processes that want one name exactly one
   * gets it.
   *
   * @param fill writes what belongs beside the record into a folder in the making, and gives the record
   * @returns the record; null where the name is taken
   */
  claim(name: string, fill: (folder: string) => Promise<DeploymentRecord>): Promise<DeploymentRecord | null>
  /** Frees the name at once, then removes what there was under it. */
  remove(name: string): Promise<void>
}

/** A folder in the making, or on its way out, that is older was left by a process that was killed. */
const abandonedMs = 3_600_000

const recordText = (record: DeploymentRecord): string => `${JSON.stringify(record, null, 2)}\n`

export function createDeploymentStore(home: string, now: () => number = Date.now): DeploymentStore {
  const fileOf = (name: string) => join(home, name, 'deployment.json')
  const names = async () =>
    (await readdir(home).catch(() => [])).filter((name) => modelNamePattern.test(name)).sort()
  const sweep = async () => {
    for (const entry of await readdir(home)) {
      if (now() - begunAt(entry) > abandonedMs) await removeFolder(join(home, entry))
    }
  }
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
    names,
    async all() {
      const records = await Promise.all((await names()).map((name) => read(name).catch(() => null)))
      return records.filter((record) => record !== null)
    },
    change: (name, to) =>
      oneAtATime(join(home, name), async () => {
        const now = await read(name)
        if (now === null) throw removedFailure(name)
        const record = to(now)
        await writeInPlace(fileOf(name), recordText(record))
        return record
      }),
    async claim(name, fill) {
      const temporary = join(home, temporaryName(now()))
      try {
        await makeFolder(temporary)
        await sweep()
        const record = await fill(temporary)
        await atomicWrite(join(temporary, 'deployment.json'), recordText(record))
        if (await claimFolder(temporary, join(home, name))) return record
      } catch (error) {
        throw writeFailure(error, join(home, name))
      } finally {
        await removeFolder(temporary)
      }
      if ((await read(name)) !== null) return null
      throw new Failure(
        'conflict',
        `The folder ${join(home, name)} is in the way: it is no deployment, as it has no deployment.json.`,
        'Delete the folder if nothing in it is needed, or choose another name.',
      )
    },
    async remove(name) {
      const leaving = join(home, temporaryName(now()))
      await rename(join(home, name), leaving).catch((error: unknown) => {
        // Another process was first.
        if (!isMissing(error)) throw writeFailure(error, join(home, name))
      })
      await removeFolder(leaving)
    },
  }
}
