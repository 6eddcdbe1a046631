import { isAbsolute, resolve } from 'node:path'
import { settingList } from './setting-list.ts'
import { wrongUsage } from './setting-values.ts'
import { defaultSettings, type Settings } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads flags, else environment variables, else defaults.
 *
 * @param folder the bundle's folder, beside which the state folder is by default
 * @throws Failure `invalid-input` naming the setting
 */
export function readSettings(flags: ReadonlyMap<string, string>, env: Environment, folder: string): Settings {
  const settings: Settings = { ...defaultSettings, stateFolder: `${folder}/state` }
  for (const { flag, variable, set } of settingList) {
    const fromFlag = flag === undefined ? undefined : flags.get(flag)
    const fromEnvironment = env[variable]
    if (fromFlag !== undefined) set(settings, fromFlag, `--${flag}`)
    else if (fromEnvironment !== undefined && fromEnvironment !== '') set(settings, fromEnvironment, variable)
  }
  if (settings.tls && (settings.tls.certificate === '' || settings.tls.key === '')) {
    throw wrongUsage('--tls-cert and --tls-key go together; one of them is missing.')
  }
  if (!isAbsolute(settings.stateFolder)) settings.stateFolder = resolve(settings.stateFolder)
  return settings
}
