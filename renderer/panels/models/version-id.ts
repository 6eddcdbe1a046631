import type { VersionRef } from '../../../shared/contract/models.ts'

/** Reads a tab's id, `churn:3`; null when it is none. */
export function versionFromId(id: string): VersionRef | null {
  const match = /^(.+):([1-9][0-9]*)$/.exec(id)
  return match === null ? null : { name: match[1]!, version: Number(match[2]) }
}

/** How a version is written in commands and notebooks. */
export function versionReference(version: VersionRef): string {
  return `${version.name}:${version.version}`
}
