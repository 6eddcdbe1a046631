import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Aliases,
  aliasesSchema,
  type ModelVersion,
  modelVersionSchema,
  versionFiles,
} from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'
import type { ChangedArea } from '../changes.ts'
import type { TrainedModel } from '../training/training.ts'
import type { Catalog, CatalogEntry } from './catalog.ts'

interface CatalogOptions {
  /** `.slipway/catalog` of the workspace. */
  folder: string
  onChange?: (area: ChangedArea) => void
  /** Writes a file so that it is on the disk; tests fill the disk here. */
  write?: (path: string, bytes: Uint8Array | string) => Promise<void>
  now?: () => number
}

/** A registration that a crash cut off leaves its hidden folder; after this long nothing writes there any more. */
const abandonedMs = 3_600_000

const aliasFile = 'aliases.json'

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
}

function diskFailure(error: unknown, what: string): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    return new Failure(
      'disk-full',
      `${what} could not be saved: the disk is full.`,
      'Free some space and run the train cell again; nothing was half-written.',
    )
  }
  return error
}

async function syncedWrite(path: string, bytes: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * The catalog as folders: `<folder>/<name>/<version>/`.
 *
 * A version is written whole into a hidden folder beside its place and renamed there. Renaming onto a
 * folder that exists fails, so of two writers that chose the same number one takes the next.
 */
export function createCatalog(options: CatalogOptions): Catalog {
  const { folder, onChange = () => {}, write = syncedWrite, now = Date.now } = options
  async function names(): Promise<string[]> {
    try {
      const entries = await readdir(folder, { withFileTypes: true })
      return entries
        .filter((entry) => entry.isDirectory() && modelNamePattern.test(entry.name))
        .map((entry) => entry.name)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async function sweep(parent: string): Promise<void> {
    for (const entry of await readdir(parent)) {
      const begun = Number(/^\.new-\d+-(\d+)-/.exec(entry)?.[1] ?? Number.POSITIVE_INFINITY)
      if (now() - begun > abandonedMs) await rm(join(parent, entry), { recursive: true, force: true })
    }
  }

  async function versions(name: string): Promise<number[]> {
    try {
      const entries = await readdir(join(folder, name))
      return entries
        .filter((entry) => /^[1-9]\d*$/.test(entry))
        .map(Number)
        .sort((a, b) => a - b)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async function aliases(name: string): Promise<Aliases> {
    try {
      const path = join(folder, name, aliasFile)
      return decodeJson(aliasesSchema, await readFile(path, 'utf8'), `${name}/${aliasFile}`)
    } catch (error) {
      if (isMissing(error)) return {}
      throw error
    }
  }

  function aliasesOf(all: Aliases, version: number): string[] {
    return Object.keys(all)
      .filter((alias) => all[alias] === version)
      .sort()
  }

  async function read(name: string, version: number): Promise<ModelVersion> {
    const path = join(folder, name, String(version), versionFiles.record)
    return decodeJson(modelVersionSchema, await readFile(path, 'utf8'), `model ${name} version ${version}`)
  }

  function incomplete(name: string, version: number): Failure {
    return new Failure(
      'integrity',
      `The model ${name} version ${version} has no ${versionFiles.record}.`,
      `Restore the folder ${join(folder, name, String(version))} from a copy, or delete it.`,
    )
  }

  async function unknownVersion(name: string, version: number | string): Promise<Failure> {
    const have = await versions(name)
    if (have.length === 0) {
      const models = await names()
      return new Failure(
        'not-found',
        `There is no model "${name}" in the catalog; it has ${models.length === 0 ? 'none yet' : models.join(', ')}.`,
        'Run a train cell that registers it, or choose one that is there.',
      )
    }
    const known = Object.keys(await aliases(name)).map((alias) => `@${alias}`)
    return new Failure(
      'not-found',
      `Model "${name}" has no version ${version}; it has ${[...have, ...known].join(', ')}.`,
      'Choose one of these.',
    )
  }

  async function get(name: string, version: number): Promise<CatalogEntry> {
    try {
      const record = await read(name, version)
      return { record, aliases: aliasesOf(await aliases(name), version) }
    } catch (error) {
      if (isMissing(error)) throw await unknownVersion(name, version)
      throw error
    }
  }

  async function writeAliases(name: string, all: Aliases): Promise<void> {
    const path = join(folder, name, aliasFile)
    const temporary = `${path}.${process.pid}.${Date.now()}`
    try {
      await syncedWrite(temporary, `${JSON.stringify(all, null, 2)}\n`)
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw diskFailure(error, `The aliases of ${name}`)
    }
  }

  return {
    folder: (name, version) => join(folder, name, String(version)),
    aliases,
    get,
    async list() {
      const entries: CatalogEntry[] = []
      for (const name of (await names()).sort()) {
        const all = await aliases(name)
        for (const version of (await versions(name)).reverse()) {
          const record = await read(name, version).catch((error: unknown) => {
            throw isMissing(error) ? incomplete(name, version) : error
          })
          entries.push({ record, aliases: aliasesOf(all, version) })
        }
      }
      return entries
    },
    async resolve(reference) {
      const match = /^([A-Za-z][A-Za-z0-9_-]*)(?::(\d+)|@([A-Za-z][A-Za-z0-9_-]*))?$/.exec(reference)
      const name = match?.[1]
      if (!match || name === undefined) {
        throw new Failure(
          'invalid-input',
          `"${reference}" does not name a model version.`,
          'Write name, name:version or name@alias, such as churn:3 or churn@champion.',
        )
      }
      const have = await versions(name)
      const newest = have.at(-1)
      if (newest === undefined) throw await unknownVersion(name, reference)
      if (match[3] !== undefined) {
        const version = (await aliases(name))[match[3]]
        if (version === undefined) throw await unknownVersion(name, `@${match[3]}`)
        return { name, version }
      }
      if (match[2] === undefined) return { name, version: newest }
      const version = Number(match[2])
      if (!have.includes(version)) throw await unknownVersion(name, version)
      return { name, version }
    },
    async register(model: TrainedModel) {
      const { name } = model.record
      const parent = join(folder, name)
      await mkdir(parent, { recursive: true })
      await sweep(parent)
      const temporary = join(parent, `.new-${process.pid}-${now()}-${Math.random().toString(36).slice(2)}`)
      try {
        for (const [path, bytes] of model.files) {
          const file = join(temporary, path)
          await mkdir(dirname(file), { recursive: true })
          await write(file, bytes)
        }
        for (;;) {
          const version = ((await versions(name)).at(-1) ?? 0) + 1
          const record: ModelVersion = { format: 1, version, ...model.record }
          await write(join(temporary, versionFiles.record), `${JSON.stringify(record, null, 2)}\n`)
          try {
            await rename(temporary, join(parent, String(version)))
            onChange('models')
            return record
          } catch (error) {
            if (!isTaken(error)) throw error
          }
        }
      } catch (error) {
        await rm(temporary, { recursive: true, force: true })
        throw diskFailure(error, `Model ${name}`)
      }
    },
    async setAlias(name, alias, version) {
      const all = { ...(await aliases(name)) }
      if (version === null) delete all[alias]
      else {
        if (!(await versions(name)).includes(version)) throw await unknownVersion(name, version)
        all[alias] = version
      }
      await writeAliases(name, all)
      onChange('models')
    },
  }
}
