import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { examplesSchema } from '../../shared/bundle/manifest.ts'
import type { CatalogEvent, EventBody } from '../../shared/catalog/catalog-event.ts'
import {
  algorithmOf,
  caseTypeOf,
  frameworkOf,
  kindOf,
  ociDescription,
} from '../../shared/catalog/oci-description.ts'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import type { ModelDetail, ModelSummary } from '../../shared/contract/models.ts'
import { decodeJson } from '../../shared/decode.ts'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import { coefficientsSchema } from '../../shared/models/coefficients.ts'
import type { CatalogEntry } from './catalog.ts'
import { findDamage, sha256 } from './content-digest.ts'
import { restoreFolder } from './restore-folder.ts'
import type { Staleness } from './staleness.ts'

async function staleMembers(
  record: ModelVersion,
  staleness: Staleness,
): Promise<Pick<ModelSummary, 'stale' | 'staleUnknown'>> {
  const found = await staleness(record)
  return {
    stale: found.kind === 'stale' ? found.says : null,
    staleUnknown: found.kind === 'unknown' ? found.says : null,
  }
}

export async function modelSummary(
  { record, aliases, metadata }: CatalogEntry,
  staleness: Staleness,
): Promise<ModelSummary> {
  return {
    name: record.name,
    version: record.version,
    displayName: metadata.displayName,
    task: record.task,
    kind: kindOf(record),
    useCaseType: caseTypeOf(record, metadata),
    framework: frameworkOf(record).name,
    algorithm: algorithmOf(record),
    author: record.author,
    created: record.created,
    aliases,
    tags: [...metadata.tags],
    target: record.signature.target.name,
    columns: record.signature.inputs.map(({ name }) => name),
    metrics: record.metrics,
    ...(await staleMembers(record, staleness)),
  }
}

/** Every registered file and the record, each with what is wrong with it now, and what was added. */
async function artifactsIn(record: ModelVersion, folder: string): Promise<ModelDetail['artifacts']> {
  const damage = new Map((await findDamage(folder)).map(({ path, problem }) => [path, problem]))
  const file = await readFile(join(folder, versionFiles.record))
  const own = { path: versionFiles.record, bytes: file.byteLength, sha256: sha256(file) }
  const known = [...record.files, own].map((one) => ({ ...one, problem: damage.get(one.path) ?? null }))
  const added = [...damage].filter(([path]) => !known.some((one) => one.path === path))
  return [
    ...known.sort((a, b) => (a.path < b.path ? -1 : 1)),
    ...added.map(([path, problem]) => ({ path, bytes: 0, sha256: '', problem })),
  ]
}

function concerns(event: EventBody, version: number): boolean {
  // Gates are the model's, and so concern each of its versions.
  if (event.type === 'gates') return true
  return event.version === version || (event.type === 'alias' && event.from === version)
}

async function coefficientsIn(folder: string, what: string): Promise<ModelDetail['coefficients']> {
  try {
    const text = await readFile(join(folder, versionFiles.coefficients), 'utf8')
    return decodeJson(coefficientsSchema, text, `the coefficients of ${what}`, restoreFolder(folder))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** A version whole, as the Models panel and `slipway models` show it. */
export async function modelDetail(
  entry: CatalogEntry,
  folder: string,
  staleness: Staleness,
  history: readonly CatalogEvent[],
): Promise<ModelDetail> {
  const { record, aliases, metadata } = entry
  const what = `model ${record.name} version ${record.version}`
  const text = (name: string) => readFile(join(folder, name), 'utf8')
  const examples = decodeJson(
    examplesSchema,
    await text(versionFiles.examples),
    `the recorded rows of ${what}`,
    restoreFolder(folder),
  )
  return {
    record,
    aliases,
    ...(await staleMembers(record, staleness)),
    coefficients: await coefficientsIn(folder, what),
    card: metadata.card ?? (await text(versionFiles.card)),
    cardEdited: metadata.card !== null,
    tags: [...metadata.tags],
    customMetadata: [...metadata.custom],
    tests: [...metadata.tests],
    testedAt: metadata.testedAt,
    oci: ociDescription(record, metadata),
    folder,
    history: history.filter(({ event }) => concerns(event, record.version)),
    baseline: decodeJson(
      baselineSchema,
      await text(versionFiles.baseline),
      `the baseline of ${what}`,
      restoreFolder(folder),
    ),
    example: examples.rows[0] ?? {},
    artifacts: await artifactsIn(record, folder),
  }
}
