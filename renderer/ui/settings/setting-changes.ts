import { assertServerSetting } from '../../../shared/bundle/check-deployment-settings.ts'
import {
  decidedVariables,
  deploymentSettings,
  deploymentVariables,
  isDeploymentVariable,
  secretVariables,
} from '../../../shared/bundle/deployment-settings.ts'
import type { SettingsInForce } from '../../../shared/contract/deployments.ts'

/** What is typed for settings, by their variables; null takes one away. */
export type SettingChanges = Readonly<Record<string, string | null>>

/** Of a deployment that is yet to be: its server's defaults. */
export const noSettings: SettingsInForce = { values: {}, secrets: [] }

export interface SettingRow {
  readonly name: string
  readonly help: string
  /** What the server does without it; empty where that is nothing. */
  readonly usual: string
  readonly secret: boolean
  /** A secret in force over which nothing was typed; its value is not known here. */
  readonly kept: boolean
  readonly text: string
  /** Why it would be refused; null for what may be given. */
  readonly problem: string | null
}

function problemOf(name: string, text: string): string | null {
  try {
    assertServerSetting(name, text)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The settings in force as they were changed, and those that were added, in that order. */
export function settingRows(inForce: SettingsInForce, changes: SettingChanges): SettingRow[] {
  const names = new Set([...Object.keys(inForce.values), ...inForce.secrets, ...Object.keys(changes)])
  return [...names].flatMap((name): SettingRow[] => {
    const typed = changes[name]
    if (typed === null) return []
    const { help, usual } = isDeploymentVariable(name) ? deploymentSettings[name] : { help: '', usual: '' }
    const text = typed ?? inForce.values[name] ?? ''
    return [
      {
        name,
        help,
        usual,
        secret: secretVariables.includes(name),
        kept: inForce.secrets.includes(name) && !typed,
        text,
        problem: problemOf(name, text),
      },
    ]
  })
}

/** Those that can be added, with what each does. */
export function offeredSettings(rows: readonly SettingRow[]): { name: string; help: string }[] {
  const shown = new Set(rows.map(({ name }) => name))
  return deploymentVariables
    .filter((name) => !shown.has(name))
    .map((name) => ({ name, help: deploymentSettings[name].help }))
}

/** Why a name that was looked for is not offered. */
export function notOffered(searched: string, rows: readonly SettingRow[]): string {
  const name = searched.trim().toUpperCase()
  if (rows.some((row) => row.name === name)) return `${name} is above.`
  return decidedVariables.includes(name)
    ? (problemOf(name, '') ?? '')
    : `No setting of a deployment has "${searched.trim()}" in its name or description.`
}

/** Takes a setting away, or forgets that it was added. */
export function withoutSetting(
  inForce: SettingsInForce,
  changes: SettingChanges,
  name: string,
): SettingChanges {
  const { [name]: _, ...others } = changes
  return name in inForce.values || inForce.secrets.includes(name) ? { ...others, [name]: null } : others
}

/** What `deploy` and `activate` are told: what differs from what is in force; an empty text takes one away. */
export function settingsToSend(inForce: SettingsInForce, changes: SettingChanges): Record<string, string> {
  const differing = Object.entries(changes).flatMap(([name, typed]): [string, string][] => {
    // An emptied secret shows as one that is kept, and is.
    if (typed === '' && inForce.secrets.includes(name)) return []
    const text = typed ?? ''
    const before = inForce.values[name] ?? ''
    return typed === null || text !== before ? [[name, text]] : []
  })
  return Object.fromEntries(differing)
}
