import { chmod, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  decidedVariables,
  deploymentVariables,
  secretVariables,
} from '../../shared/bundle/serving-variables.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { atomicWrite, type WriteFiles } from '../workspace/atomic-write.ts'

/** Environment variables of a deployment's server, such as `SLIPWAY_RATE`, and their texts. */
export const serverSettingsSchema = z.record(z.string(), z.string())
export type ServerSettings = Readonly<Record<string, string>>

const isOneOf = (names: readonly string[], name: string): boolean => names.includes(name)

/**
 * What the values must be, the server itself says at its start.
 *
 * @throws Failure `invalid-input` for a name that is no setting, one that the deployment decides, and a token that no
 *   header can carry
 */
export function assertServerSettings(settings: ServerSettings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (isOneOf(decidedVariables, name)) {
      throw new Failure(
        'invalid-input',
        `${name} cannot be set for a deployment, which decides it by itself.`,
        'Leave it out; port and replicas have options of their own.',
      )
    }
    if (!isOneOf(deploymentVariables, name)) {
      throw new Failure(
        'invalid-input',
        `${name} is no setting of a deployment, expected one of ${deploymentVariables.join(', ')}.`,
        'Correct the name.',
      )
    }
    if (name.endsWith('_TOKEN') && !/^(?! )[\x20-\x7e]*(?<! )$/.test(value)) {
      throw new Failure(
        'invalid-input',
        `${name} holds a character that a header cannot carry, expected letters, digits and signs of ASCII, without a space at either end.`,
        'Choose another token.',
      )
    }
  }
}

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
  const secret = entries.filter(([name]) => isOneOf(secretVariables, name))
  if (secret.length > 0) {
    const secrets = merged(await readSecrets(folder), secret)
    await atomicWrite(secretsFile(folder), `${JSON.stringify(secrets, null, 2)}\n`, privateFiles)
  }
  return merged(
    before,
    entries.filter(([name]) => !isOneOf(secretVariables, name)),
  )
}

/** The bearer tokens that a deployment's server asks for; null where it asks for none. */
export async function readTokens(folder: string): Promise<{ usual: string | null; admin: string | null }> {
  const { SLIPWAY_TOKEN: usual = null, SLIPWAY_ADMIN_TOKEN: admin = usual } = await readSecrets(folder)
  return { usual, admin }
}
