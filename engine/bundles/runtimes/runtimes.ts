import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { describeFailure, Failure } from '../../../shared/failure.ts'
import { writeFailure } from '../../workspace/atomic-write.ts'
import { type FetchPackage, fetchPackage } from './fetch-package.ts'
import {
  type LockedFile,
  type LockedPackage,
  type NativeTarget,
  type RuntimePart,
  readLockedRuntimes,
} from './locked.ts'

/** A file of a runtime that is on this disk, with the digest that it has. */
export interface RuntimeFile extends LockedFile {
  /** Absolute path of its bytes. */
  source: string
}

export interface RuntimePackage {
  part: RuntimePart
  name: string
  version: string
  license: string
  files: RuntimeFile[]
}

export interface Fetching {
  /** Called before something is fetched. */
  onFetch: (title: string) => void
  /** Ends a fetch, of which nothing stays. */
  signal?: AbortSignal
}

export interface Runtimes {
  /** The version of Node that bundles of `target` carry. */
  nodeVersion(target: NativeTarget): Promise<string>
  /**
   * The packages whose files make `runtime/` of a bundle for `target`: from this installation where it has them, else
   * from the cache, else from npm's registry, which needs a network once. Every file is of its locked digest.
   *
   * @throws Failure `unreachable` when a package is neither here nor to be had, `integrity` when what came is another;
   *   the signal's reason after it
   */
  packages(target: NativeTarget, parts: readonly RuntimePart[], fetching: Fetching): Promise<RuntimePackage[]>
}

export interface RuntimesParts {
  /** `resources/runtimes/locked.json`. */
  lockFile: string
  /** Where fetched runtimes are kept for the user's other workspaces. */
  cacheFolder: string
  fetch?: FetchPackage
  /** The folder of a package of this installation, null where it has none of that name. */
  installed?: (name: string) => string | null
}

function installedPackage(name: string): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  } catch {
    return null
  }
}

async function hasDigest(path: string, { bytes, sha256 }: LockedFile): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found === null || found.size !== bytes) return false
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex') === sha256
}

async function firstWrong(folder: string, { files }: LockedPackage): Promise<LockedFile | null> {
  for (const file of files) if (!(await hasDigest(join(folder, file.from), file))) return file
  return null
}

/** Moves a folder to a place that a second process may be filling with the same at this moment. */
async function settle(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  try {
    await rename(from, to)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EXDEV') {
      const beside = `${to}.${randomUUID().slice(0, 8)}`
      await cp(from, beside, { recursive: true })
      await settle(beside, to)
    } else if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

const titles: Record<RuntimePart, string> = { node: 'Node', duckdb: 'DuckDB', onnx: 'ONNX Runtime' }

/** What can be done beside connecting once. */
const ways: Record<RuntimePart, string> = {
  node: ', or package for "any", which runs on an installed Node',
  duckdb: '',
  onnx: ' (113 MB), or install that version of onnxruntime-node beside Slipway',
}

export function createRuntimes(parts: RuntimesParts): Runtimes {
  const { lockFile, cacheFolder, fetch = fetchPackage, installed = installedPackage } = parts

  async function lockedPackage(part: RuntimePart, target: NativeTarget): Promise<LockedPackage> {
    const locked = (await readLockedRuntimes(lockFile)).packages[part]?.[target]
    if (locked) return locked
    throw new Failure(
      'invalid-input',
      `There is no ${titles[part]} for ${target}.`,
      'Package it for another target, or work on another platform.',
    )
  }

  async function fetched(
    part: RuntimePart,
    locked: LockedPackage,
    place: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const what = `${locked.name} ${locked.version}`
    const temporary = join(cacheFolder, `.new-${process.pid}-${randomUUID().slice(0, 8)}`)
    try {
      await mkdir(temporary, { recursive: true })
      await fetch(locked, join(temporary, 'package'), signal).catch((error: unknown) => {
        signal?.throwIfAborted()
        if (error instanceof Error && 'code' in error && error.code === 'EINTEGRITY') {
          throw new Failure(
            'integrity',
            `The registry sent another ${what} than the one that is locked: ${error.message}`,
            'Nothing of it was used. Check the registry that npm is configured for.',
          )
        }
        throw new Failure(
          'unreachable',
          `${what} is needed, is not in the cache, and could not be fetched: ${describeFailure(error)}.`,
          `Connect to the network once${ways[part]}.`,
        )
      })
      const wrong = await firstWrong(join(temporary, 'package'), locked)
      if (wrong) {
        throw new Failure(
          'integrity',
          `${wrong.from} of ${what} is not the locked file: SHA-256 ${wrong.sha256.slice(0, 12)}… expected.`,
          'Nothing of it was used. Install Slipway anew.',
        )
      }
      // Only the files that are carried are kept: headers and manuals are most of the package.
      const kept = join(temporary, 'kept')
      for (const file of locked.files) {
        await mkdir(dirname(join(kept, file.from)), { recursive: true })
        await copyFile(join(temporary, 'package', file.from), join(kept, file.from))
      }
      await rm(place, { recursive: true, force: true })
      await settle(kept, place)
    } catch (error) {
      throw writeFailure(error, place)
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
  }

  async function folderOf(
    part: RuntimePart,
    target: NativeTarget,
    locked: LockedPackage,
    { onFetch, signal }: Fetching,
  ): Promise<string> {
    const own = installed(locked.name)
    if (own !== null && (await firstWrong(own, locked)) === null) return own
    // ONNX Runtime has all platforms in one package, of which one platform's files are kept.
    const platform = part === 'onnx' ? `-${target}` : ''
    const place = join(cacheFolder, `${locked.name.replace('/', '-')}-${locked.version}${platform}`)
    // A file of the cache that was damaged is fetched anew.
    if ((await firstWrong(place, locked)) === null) return place
    onFetch(`Fetching ${locked.name} ${locked.version}`)
    await fetched(part, locked, place, signal)
    return place
  }

  return {
    async nodeVersion(target) {
      return (await lockedPackage('node', target)).version
    },
    async packages(target, wanted, fetching) {
      const packages: RuntimePackage[] = []
      for (const part of wanted) {
        fetching.signal?.throwIfAborted()
        const locked = await lockedPackage(part, target)
        const folder = await folderOf(part, target, locked, fetching)
        const { name, version, license } = locked
        const files = locked.files.map((file) => ({ ...file, source: join(folder, file.from) }))
        packages.push({ part, name, version, license, files })
      }
      return packages
    },
  }
}
