import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { examplesSchema } from '../../shared/bundle/manifest.ts'
import { versionFiles } from '../../shared/catalog/version.ts'
import type { ModelDetail, ModelSummary } from '../../shared/contract/models.ts'
import { decodeJson } from '../../shared/decode.ts'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import { coefficientsSchema } from '../../shared/models/coefficients.ts'
import type { CatalogEntry } from './catalog.ts'
import type { Staleness } from './staleness.ts'

export async function modelSummary(
  { record, aliases }: CatalogEntry,
  staleness: Staleness,
): Promise<ModelSummary> {
  return {
    name: record.name,
    version: record.version,
    task: record.task,
    kind: record.spec.model?.kind ?? (record.task === 'regression' ? 'linear' : 'logistic'),
    created: record.created,
    aliases,
    metrics: record.metrics,
    stale: await staleness(record),
  }
}

async function artifactsIn(folder: string): Promise<ModelDetail['artifacts']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const artifacts = files.sort().map(async (file) => {
    const bytes = await readFile(file)
    return {
      path: file.slice(folder.length + 1).replaceAll('\\', '/'),
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }
  })
  return Promise.all(artifacts)
}

async function coefficientsIn(folder: string, what: string): Promise<ModelDetail['coefficients']> {
  try {
    const text = await readFile(join(folder, versionFiles.coefficients), 'utf8')
    return decodeJson(coefficientsSchema, text, `the coefficients of ${what}`)
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
): Promise<ModelDetail> {
  const { record, aliases } = entry
  const what = `model ${record.name} version ${record.version}`
  const text = (name: string) => readFile(join(folder, name), 'utf8')
  const examples = decodeJson(
    examplesSchema,
    await text(versionFiles.examples),
    `the recorded rows of ${what}`,
  )
  return {
    record,
    aliases,
    stale: await staleness(record),
    card: await text(versionFiles.card),
    coefficients: await coefficientsIn(folder, what),
    baseline: decodeJson(baselineSchema, await text(versionFiles.baseline), `the baseline of ${what}`),
    example: examples.rows[0] ?? {},
    artifacts: await artifactsIn(folder),
  }
}
