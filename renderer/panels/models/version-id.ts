import type { VersionRef } from '../../../shared/contract/models.ts'

/** Reads a tab's id, `churn:3`; null when it is none. */
export function versionFromId(id: string): VersionRef | null {
  const match = /^(.+):([1-9][0-9]*)$/.exec(id)
  return match === null ? null : { name: match[1]!, version: Number(match[2]) }
}

/** Of some versions the one just before this, else another of its model, else any; null where there is none. */
export function nearestVersion(version: VersionRef, others: readonly string[]): string | null {
  const siblings = others.filter((id) => versionFromId(id)?.name === version.name)
  const earlier = siblings.filter((id) => (versionFromId(id)?.version ?? 0) < version.version)
  const newest = (ids: readonly string[]) =>
    ids.toSorted((a, b) => (versionFromId(b)?.version ?? 0) - (versionFromId(a)?.version ?? 0))[0]
  return newest(earlier) ?? newest(siblings) ?? others[0] ?? null
}

/** How a version is written in commands and notebooks. */
export function versionReference(version: VersionRef): string {
  return `${version.name}:${version.version}`
}
