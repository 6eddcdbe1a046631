import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelVersion, type VersionFile, versionFiles } from '../../shared/catalog/version.ts'
import { canonicalJson } from '../../shared/drift/layout-hash.ts'
import { Failure } from '../../shared/failure.ts'

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

/** What a version is known by: the digest of its record, which names every file with its own. */
export function contentDigest(record: Omit<ModelVersion, 'digest'>): string {
  // Through JSON first, as the record is read back: members that are undefined are not written.
  return sha256(canonicalJson(JSON.parse(JSON.stringify(record))))
}

/** A file of a version that is not what was registered. */
export interface Damage {
  path: string
  problem: string
}

async function damageOf(folder: string, file: VersionFile): Promise<Damage | null> {
  const path = join(folder, file.path)
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) return { path: file.path, problem: 'is missing' }
  if (found.size !== file.bytes) {
    return { path: file.path, problem: `has ${found.size} bytes; ${file.bytes} were registered` }
  }
  if ((await sha256OfFile(path)) === file.sha256) return null
  return { path: file.path, problem: 'was changed since it was registered: its SHA-256 differs' }
}

/** Everything about a version's folder that is not as it was registered; empty where all is. */
export async function findDamage(folder: string): Promise<Damage[]> {
  const text = await readFile(join(folder, versionFiles.record), 'utf8').catch(() => null)
  if (text === null) return [{ path: versionFiles.record, problem: 'is missing' }]
  let record: ModelVersion
  try {
    record = JSON.parse(text) as ModelVersion
  } catch {
    return [{ path: versionFiles.record, problem: 'is not JSON any more' }]
  }
  const { digest, ...rest } = record
  if (!Array.isArray(rest.files) || contentDigest(rest) !== digest) {
    return [
      { path: versionFiles.record, problem: 'was changed since it was registered: its digest does not fit' },
    ]
  }
  const damaged = (await Promise.all(rest.files.map((file) => damageOf(folder, file)))).filter(
    (damage) => damage !== null,
  )
  const known = new Set([versionFiles.record, ...rest.files.map(({ path }) => path)])
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/')
    if (!known.has(path)) damaged.push({ path, problem: 'was added after the version was registered' })
  }
  return damaged
}

/** @throws Failure `integrity` naming the first file that is not as it was registered */
export async function assertWhole(name: string, version: number, folder: string): Promise<void> {
  const [first, ...more] = await findDamage(folder)
  if (!first) return
  throw new Failure(
    'integrity',
    `The file ${first.path} of ${name} version ${version} ${first.problem}${more.length > 0 ? ` (and ${more.length} more)` : ''}.`,
    `Restore the folder ${folder} from a copy, or train the model again and delete this version.`,
    first.path,
  )
}
