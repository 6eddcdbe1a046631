import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gateText, parseGate } from '../../shared/bundle/metric-gate.ts'
import { metadataChangesSchema } from '../../shared/catalog/catalog-event.ts'
import { newNameProblem } from '../../shared/catalog/folder-name.ts'
import { metadataOf } from '../../shared/catalog/model-state.ts'
import {
  type ModelVersion,
  modelVersionSchema,
  type Provenance,
  type TrainedRecord,
  versionFiles,
} from '../../shared/catalog/version.ts'
import type { ChangedArea } from '../../shared/contract/workspace.ts'
import { decode, decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { makeFolder } from '../workspace/make-folder.ts'
import type { Catalog, CatalogEntry } from './catalog.ts'
import { modelNames, versionNumbers } from './catalog-folders.ts'
import { aliasesOf, createCatalogList } from './catalog-list.ts'
import { begunAt, claimFolder, removeFolder, syncedWrite, temporaryName } from './claim-folder.ts'
import { columnsGone } from './columns-gone.ts'
import { assertWhole, contentDigest } from './content-digest.ts'
import { diskFailure } from './disk-failure.ts'
import { createEventLog } from './event-log.ts'
import { readWhole } from './read-whole.ts'
import { assertUnused, clearDeleted } from './remove-version.ts'
import { whoAmI } from './who-am-i.ts'
import { writeVersionFiles } from './write-version-files.ts'

interface CatalogOptions {
  /** `.slipway/catalog` of the workspace, or a folder shared with others. */
  folder: string
  /** Recorded with every version registered. */
  workspace?: Provenance['workspace']
  onChange?: (area: ChangedArea) => void
  /** Writes a file so that it is on the disk; tests fill the disk here. */
  write?: (path: string, bytes: Uint8Array | string) => Promise<void>
  now?: () => number
  /** Who registers and changes; default `user@host`. */
  author?: string
}

/** A registration that a crash cut off leaves its hidden folder; after this long nothing writes there any more. */
const abandonedMs = 3_600_000

/**
 * The catalog as folders: `<folder>/<name>/<version>/`, and each model's history in `<folder>/<name>/log/`.
 *
 * A version is written whole into a hidden folder beside its place and claims its place by a rename, so of two
 * writers that chose the same number one takes the next.
 */
export function createCatalog(options: CatalogOptions): Catalog {
  const { folder, workspace, onChange = () => {}, write = syncedWrite } = options
  const { now = Date.now, author = whoAmI() } = options
  const log = createEventLog(folder, { by: author, now }, write)

  /** What killed processes left: registrations that never got their place, deletions that were not finished. */
  async function sweep(name: string): Promise<void> {
    const parent = join(folder, name)
    for (const entry of await readdir(parent)) {
      if (now() - begunAt(entry) > abandonedMs) await removeFolder(join(parent, entry))
    }
    const { deleted } = await log.state(name)
    for (const version of deleted) await clearDeleted(join(parent, String(version)), write)
  }

  async function assertName(name: string): Promise<void> {
    const problem = newNameProblem(name, await modelNames(folder))
    if (problem === null) return
    throw new Failure('invalid-input', `No model can be called so: ${problem.message}.`, problem.whatToDo)
  }

  /** The highest number that was ever given, also to a version whose folder is gone and of which the history tells. */
  async function lastNumber(name: string): Promise<number> {
    const [all, events] = await Promise.all([versionNumbers(folder, name), log.events(name)])
    const told = events.map(({ event }) => (event.type === 'gates' ? 0 : (event.version ?? 0)))
    return [...all, ...told].reduce((most, version) => Math.max(most, version), 0)
  }

  async function versions(name: string): Promise<number[]> {
    const [all, { deleted }] = await Promise.all([versionNumbers(folder, name), log.state(name)])
    return all.filter((version) => !deleted.has(version))
  }

  const recordFile = (name: string, version: number) =>
    join(folder, name, String(version), versionFiles.record)

  /** By the command: its number is not given again then, as it might be where only the folder is gone. */
  const restoreOrDelete = (name: string, version: number) =>
    `Restore the folder ${join(folder, name, String(version))} from a copy, or delete the version: slipway models delete ${name}:${version}.`

  async function read(name: string, version: number): Promise<ModelVersion> {
    const what = `model ${name} version ${version}`
    const record = decodeJson(
      modelVersionSchema,
      await readWhole(recordFile(name, version), what, restoreOrDelete(name, version)),
      what,
      restoreOrDelete(name, version),
    )
    if (record.name === name && record.version === version) return record
    throw new Failure(
      'integrity',
      `The folder of ${what} holds ${record.name} version ${record.version}.`,
      restoreOrDelete(name, version),
    )
  }

  const { list, damaged, forget } = createCatalogList({ folder, versions, state: log.state, read })

  async function unknownVersion(name: string, version: number | string): Promise<Failure> {
    const { aliases, deleted } = await log.state(name)
    const have = await versions(name)
    if (deleted.has(Number(version))) {
      return new Failure(
        'not-found',
        `Version ${version} of "${name}" was deleted; ${have.length === 0 ? 'none is left' : `there is ${have.join(', ')}`}.`,
        `slipway models history ${name} says who deleted it and why.`,
      )
    }
    if (have.length === 0) {
      const models = await modelNames(folder)
      return new Failure(
        'not-found',
        `There is no model "${name}" in the catalog; it has ${models.length === 0 ? 'none yet' : models.join(', ')}.`,
        'Run a train cell that registers it, or choose one that is there.',
      )
    }
    const known = Object.keys(aliases).map((alias) => `@${alias}`)
    return new Failure(
      'not-found',
      `Model "${name}" has no version ${version}; it has ${[...have, ...known].join(', ')}.`,
      'Choose one of these.',
    )
  }

  async function assertThere(name: string, version: number): Promise<void> {
    if (!(await versionNumbers(folder, name)).includes(version)) throw await unknownVersion(name, version)
  }

  async function entryOf(name: string, version: number, record: ModelVersion): Promise<CatalogEntry> {
    const state = await log.state(name)
    return { record, aliases: aliasesOf(state.aliases, version), metadata: metadataOf(state, version) }
  }

  async function append(name: string, why: string, decide: Parameters<typeof log.append>[2]): Promise<void> {
    const written = await log.append(name, why, decide).catch((error: unknown) => {
      throw diskFailure(error, `The change to ${name}`)
    })
    if (written) onChange('models')
  }

  /** Those of training, and what the newest version has that this one lacks. */
  async function warningsOf(record: TrainedRecord): Promise<Pick<TrainedRecord, 'warnings'>> {
    const newest = (await versions(record.name)).at(-1)
    // A version that cannot be read stands in the way of none that comes after it.
    const before = newest === undefined ? null : await read(record.name, newest).catch(() => null)
    const gone = before && columnsGone(before, record)
    return gone ? { warnings: [...(record.warnings ?? []), gone] } : {}
  }

  return {
    folder: (name, version) => join(folder, name, String(version)),
    state: log.state,
    history: log.events,
    aliases: async (name) => (await log.state(name)).aliases,
    async get(name, version) {
      if (!(await versions(name)).includes(version)) throw await unknownVersion(name, version)
      return entryOf(name, version, await read(name, version))
    },
    async verify(name, version) {
      await assertWhole(name, version, join(folder, name, String(version)))
    },
    list,
    damaged,
    assertName,
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
      if (newest === undefined) throw await unknownVersion(name, match[2] ?? reference)
      if (match[3] !== undefined) {
        const version = (await log.state(name)).aliases[match[3]]
        if (version === undefined) throw await unknownVersion(name, `@${match[3]}`)
        return { name, version }
      }
      if (match[2] === undefined) return { name, version: newest }
      const version = Number(match[2])
      if (!have.includes(version)) throw await unknownVersion(name, version)
      return { name, version }
    },
    async register(model) {
      const { name } = model.record
      await assertName(name)
      const parent = join(folder, name)
      const temporary = join(parent, temporaryName(now()))
      try {
        await makeFolder(parent)
        await sweep(name)
        const files = await writeVersionFiles(temporary, model, write)
        for (;;) {
          const version = (await lastNumber(name)) + 1
          const warnings = await warningsOf(model.record)
          const provenance = { ...(workspace ? { workspace } : {}), ...model.record.provenance }
          const body = {
            format: 1 as const,
            version,
            author,
            files,
            ...model.record,
            ...warnings,
            provenance,
          }
          const record: ModelVersion = { ...body, digest: contentDigest(body) }
          await write(join(temporary, versionFiles.record), `${JSON.stringify(record, null, 2)}\n`)
          if (!(await claimFolder(temporary, join(parent, String(version))))) continue
          onChange('models')
          return record
        }
      } catch (error) {
        await removeFolder(temporary)
        throw diskFailure(error, `Model ${name}`)
      }
    },
    async setGates(name, gates, why = '') {
      const written = gates.map((text) => gateText(parseGate(text)))
      if ((await versions(name)).length === 0) throw await unknownVersion(name, name)
      await append(name, why, async (state) =>
        state.gates.join('\n') === written.join('\n') ? null : { type: 'gates', gates: written },
      )
    },
    async setAlias(name, alias, version, why = '') {
      await append(name, why, async ({ aliases, deleted }) => {
        const from = aliases[alias] ?? null
        if (version === from) return null
        if (version !== null) {
          await assertThere(name, version)
          if (deleted.has(version)) throw await unknownVersion(name, version)
        }
        return { type: 'alias', alias, version, from }
      })
    },
    async edit(name, version, given, why = '') {
      const changes = decode(metadataChangesSchema, given, `The metadata of ${name} version ${version}`)
      await append(name, why, async ({ deleted }) => {
        await assertThere(name, version)
        if (deleted.has(version)) throw await unknownVersion(name, version)
        return { type: 'metadata', version, changes }
      })
    },
    async record(name, use) {
      await append(name, '', async ({ deleted }) => {
        if (use.type === 'undeployed') return use
        await assertThere(name, use.version)
        if (deleted.has(use.version)) throw await unknownVersion(name, use.version)
        return use
      })
    },
    async remove(name, version, why = '') {
      await append(name, why, async (state) => {
        await assertThere(name, version)
        if (state.deleted.has(version)) throw await unknownVersion(name, version)
        assertUnused(name, version, aliasesOf(state.aliases, version), state.deployed)
        return { type: 'deleted', version }
      })
      forget(name, version)
      await clearDeleted(join(folder, name, String(version)), write)
    },
  }
}
