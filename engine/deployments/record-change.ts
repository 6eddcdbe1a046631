import { resolve } from 'node:path'
import type { VersionChange } from '../../shared/contract/deployments.ts'
import { readTrustedManifest } from '../bundles/read-bundle.ts'
import type { DeploymentRecord } from './deployment-store.ts'
import type { ServedRoles } from './server-admin.ts'

async function wholeBundle(folder: string, allowUnsigned: boolean): Promise<string> {
  const path = resolve(folder)
  await readTrustedManifest(path, allowUnsigned)
  return path
}

/**
 * A change with absolute folders, of bundles that are there, whole and signed: a server is not asked for any other.
 *
 * @throws Failure `not-found`, `integrity`
 */
export async function wholeChange(
  { bundle, shadow, canary }: VersionChange,
  allowUnsigned: boolean,
): Promise<VersionChange> {
  const whole = (folder: string) => wholeBundle(folder, allowUnsigned)
  return {
    ...(bundle === undefined ? {} : { bundle: await whole(bundle) }),
    ...(shadow === undefined ? {} : { shadow: shadow && (await whole(shadow)) }),
    ...(canary === undefined ? {} : { canary: canary && { ...canary, bundle: await whole(canary.bundle) } }),
  }
}

/** What is wanted once a server serves these roles: it is started again as it is now. */
export function withRoles(
  record: DeploymentRecord,
  { active, shadow, canary }: ServedRoles,
): DeploymentRecord {
  const beside = ({ folder, name, version }: ServedRoles['active']) => ({
    bundle: folder,
    model: { name, version },
  })
  return {
    ...record,
    ...beside(active),
    shadow: shadow && beside(shadow),
    canary: canary && { ...beside(canary), fraction: canary.fraction },
  }
}
