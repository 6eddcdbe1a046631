import { chmod, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { assertServerSettings, type ServerSettings } from '../../shared/bundle/check-deployment-settings.ts'
import { secretVariables } from '../../shared/bundle/deployment-settings.ts'
import type { SettingsInForce } from '../../shared/contract/deployments.ts'
import { decodeJson } from '../../shared/decode.ts'
import { atomicWrite, type WriteFiles } from '../workspace/atomic-write.ts'

export const serverSettingsSchema = z.record(z.string(), z.string())

/** For the owner only. */
const privateFiles: WriteFiles = {
  async write(path, bytes) {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    // The process's mask may have taken a right away from the owner as well.
    await chmod(path, 0o600)
  },
  rename,
  remove: (path) => rm(path, { force: true }),
}

const secretsFile = (folder: string): string => join(folder, 'secrets.json')

/** Tokens and keys of a deployment, which stand in a file of their own; none where there is none. */
export async function readSecrets(folder: string): Promise<ServerSettings> {
  const path = secretsFile(folder)
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? {} : decodeJson(serverSettingsSchema, text, path)
}

/** A setting with an empty text is taken away. */
function merged(before: ServerSettings, changes: [string, string][]): Record<string, string> {
  const all = Object.entries({ ...before, ...Object.fromEntries(changes) })
  return Object.fromEntries(all.filter(([, value]) => value !== ''))
}

/**
 * Changes settings; those that are not named stay, an empty text takes one away. Secrets are written to their file.
 *
 * @returns what goes into `deployment.json`
 */
export async function changeSettings(
  folder: string,
  before: ServerSettings,
  changes: ServerSettings,
): Promise<ServerSettings> {
  assertServerSettings(changes)
  const entries = Object.entries(changes)
  const secret = entries.filter(([name]) => secretVariables.includes(name))
  if (secret.length > 0) {
    const secrets = merged(await readSecrets(folder), secret)
    await atomicWrite(secretsFile(folder), `${JSON.stringify(secrets, null, 2)}\n`, privateFiles)
  }
  return merged(
    before,
    entries.filter(([name]) => !secretVariables.includes(name)),
  )
}

/** The settings of a deployment as they may be shown: secrets by their names alone. */
export async function settingsInForce(folder: string, values: ServerSettings): Promise<SettingsInForce> {
  return { values: { ...values }, secrets: Object.keys(await readSecrets(folder)) }
}

/** The bearer tokens that a deployment's server asks for; null where it asks for none. */
export async function readTokens(folder: string): Promise<{ usual: string | null; admin: string | null }> {
  const { SLIPWAY_TOKEN: usual = null, SLIPWAY_ADMIN_TOKEN: admin = usual } = await readSecrets(folder)
  return { usual, admin }
}
