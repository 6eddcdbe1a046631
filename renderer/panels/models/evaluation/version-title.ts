import type { VersionRef } from '../../../../shared/contract/models.ts'

/** A version as a column or a curve is named after it. */
export function versionTitle(version: VersionRef): string {
  return `${version.name} v${version.version}`
}
