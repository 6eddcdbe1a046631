import { Failure } from '../failure.ts'
import {
  decidedVariables,
  deploymentSettings,
  deploymentVariables,
  isDeploymentVariable,
} from './deployment-settings.ts'

/** Environment variables of a deployment's server, such as `SLIPWAY_RATE`, and their texts. */
export type ServerSettings = Readonly<Record<string, string>>

/**
 * One setting as it may be given to a deployment; an empty text takes it away.
 *
 * @throws Failure `invalid-input` for a name that is no setting, one that the deployment decides, a value that the
 *   server would refuse at its start, and a token that no header can carry
 */
export function assertServerSetting(name: string, text: string): void {
  if (decidedVariables.includes(name)) {
    throw new Failure(
      'invalid-input',
      `${name} cannot be set for a deployment, which decides it by itself.`,
      'Leave it out; port and replicas have options of their own.',
    )
  }
  if (!isDeploymentVariable(name)) {
    throw new Failure(
      'invalid-input',
      `${name} is no setting of a deployment, expected one of ${deploymentVariables.join(', ')}.`,
      'Correct the name.',
    )
  }
  if (text === '') return
  deploymentSettings[name].read(name, text)
  if (name.endsWith('_TOKEN') && !/^(?! )[\x20-\x7e]*(?<! )$/.test(text)) {
    throw new Failure(
      'invalid-input',
      `${name} holds a character that a header cannot carry, expected letters, digits and signs of ASCII, without a space at either end.`,
      'Choose another token.',
    )
  }
}

/** @throws Failure as `assertServerSetting`, for the first that may not be given */
export function assertServerSettings(settings: ServerSettings): void {
  for (const [name, text] of Object.entries(settings)) assertServerSetting(name, text)
}
