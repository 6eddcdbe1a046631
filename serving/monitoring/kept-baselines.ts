import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MonitoredModel } from '../../shared/drift/log-entry.ts'

/** Which baseline is wanted; what is not named may be any. */
export interface BaselineQuery {
  model?: string
  version?: number
  layout?: string
}

export const matches = ({ model, baseline }: MonitoredModel, asked: BaselineQuery): boolean =>
  (asked.model === undefined || asked.model === model.name) &&
  (asked.version === undefined || asked.version === model.version) &&
  (asked.layout === undefined || asked.layout === baseline.layoutHash)

const folderOf = (stateFolder: string) => join(stateFolder, 'baselines')
const nameOf = ({ model, baseline }: MonitoredModel) =>
  `${createHash('sha256')
    .update(JSON.stringify([model.name, model.version, baseline.layoutHash]))
    .digest('hex')
    .slice(0, 32)}.json`

/**
 * Keeps what a version's windows are read against in the state folder, beside them, so that they can still be pulled
 * when another version has taken its place. The same version is written once, whole or not at all.
 */
export async function keepBaseline(stateFolder: string, of: MonitoredModel): Promise<void> {
  const folder = folderOf(stateFolder)
  const path = join(folder, nameOf(of))
  const there = await stat(path).catch(() => null)
  if (there !== null) return
  await mkdir(folder, { recursive: true })
  // Several processes may open a version at once.
  const written = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(written, JSON.stringify(of), { flush: true })
  await rename(written, path)
}

/** The JSON of a kept baseline; null where none fits. */
export async function keptBaseline(stateFolder: string, asked: BaselineQuery): Promise<string | null> {
  const folder = folderOf(stateFolder)
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.endsWith('.json')) continue
    const text = await readFile(join(folder, name), 'utf8')
    // Written above, and renamed only when it was whole.
    if (matches(JSON.parse(text) as MonitoredModel, asked)) return text
  }
  return null
}
