import { z } from 'zod'
import type { Signature } from '../signature/signature.ts'
import { trainedSpec } from './trained-spec.ts'
import type { ModelVersion } from './version.ts'

export const diffSections = ['spec', 'signature', 'metrics', 'provenance', 'files'] as const
export type DiffSection = (typeof diffSections)[number]

/** One value that differs; null where a version has none. Values are JSON texts, so that 1 and "1" differ. */
export const differenceSchema = z.strictObject({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type Difference = z.infer<typeof differenceSchema>

/** Columns of requests that only one of the versions has, by name. */
export const columnChangesSchema = z.strictObject({
  /** The first has them, the second does not. */
  gone: z.array(z.string()),
  /** The second has them, the first does not. */
  added: z.array(z.string()),
})
export type ColumnChanges = z.infer<typeof columnChangesSchema>

export const versionDiffSchema = z.strictObject({
  columns: columnChangesSchema,
  spec: z.array(differenceSchema),
  signature: z.array(differenceSchema),
  metrics: z.array(differenceSchema),
  provenance: z.array(differenceSchema),
  files: z.array(differenceSchema),
})
export type VersionDiff = z.infer<typeof versionDiffSchema>

/** Lists of named things are compared by their names: a column that moved is not another column. */
function named(items: readonly unknown[]): Map<string, unknown> | null {
  const found = new Map<string, unknown>()
  for (const item of items) {
    if (typeof item !== 'object' || item === null) return null
    const fields: Record<string, unknown> = { ...item }
    const key = fields.name ?? fields.id ?? fields.path ?? fields.relation
    if (typeof key !== 'string' || found.has(key)) return null
    found.set(key, item)
  }
  return found
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (Array.isArray(value)) {
    const byName = named(value)
    // A short list of plain values, such as layers or classes, reads better whole.
    if (!byName) into.set(path, JSON.stringify(value))
    else for (const [name, item] of byName) flatten(item, `${path}[${name}]`, into)
    return
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined) flatten(member, path === '' ? key : `${path}.${key}`, into)
    }
    return
  }
  into.set(path, JSON.stringify(value))
}

function differences(before: unknown, after: unknown): Difference[] {
  const [old, next] = [new Map<string, string>(), new Map<string, string>()]
  flatten(before, '', old)
  flatten(after, '', next)
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((path) => old.get(path) !== next.get(path))
    .map((path) => ({ path, before: old.get(path) ?? null, after: next.get(path) ?? null }))
}

function section(record: ModelVersion, name: DiffSection): unknown {
  if (name === 'spec') return trainedSpec(record)
  if (name !== 'files') return record[name]
  return Object.fromEntries(
    record.files.map(({ path, bytes, sha256 }) => [path, `${bytes} bytes, SHA-256 ${sha256}`]),
  )
}

/** Columns of requests that vanished between two versions, and those that came. */
export function columnChanges(before: Signature, after: Signature): ColumnChanges {
  const names = ({ inputs }: Signature) => inputs.map(({ name }) => name)
  const [old, next] = [new Set(names(before)), new Set(names(after))]
  return {
    gone: names(before).filter((name) => !next.has(name)),
    added: names(after).filter((name) => !old.has(name)),
  }
}

/** In words, such as `"churn 2" no longer has "tenure"`; null where no column vanished or came. */
export function describeColumnChanges({ gone, added }: ColumnChanges): string | null {
  const listed = (names: readonly string[]) => {
    const shown = names.slice(0, 20).map((name) => `"${name}"`)
    return `${shown.join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`
  }
  const parts = [
    ...(gone.length > 0 ? [`Gone: ${listed(gone)}.`] : []),
    ...(added.length > 0 ? [`New: ${listed(added)}.`] : []),
  ]
  return parts.length > 0 ? parts.join(' ') : null
}

/** What differs between any two versions, of one model or of two, in the order the first has it. */
export function diffVersions(before: ModelVersion, after: ModelVersion): VersionDiff {
  const of = (name: DiffSection) => differences(section(before, name), section(after, name))
  return {
    columns: columnChanges(before.signature, after.signature),
    spec: of('spec'),
    signature: of('signature'),
    metrics: of('metrics'),
    provenance: of('provenance'),
    files: of('files'),
  }
}
