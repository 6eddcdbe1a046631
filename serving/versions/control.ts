import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ServingProcess } from '../monitoring/process-usage.ts'
import {
  changeRoles,
  namedRoles,
  type RoleChange,
  type RoleName,
  type Roles,
  type RolesDescription,
  withRealFolders,
} from './roles.ts'

/** What an administrator may do, with the same effect in every worker. */
export interface Control {
  describe(): Promise<RolesDescription>
  /** @throws Failure `integrity`, `conflict` or `invalid-input`; nothing has changed then */
  change(change: RoleChange): Promise<RolesDescription>
  /** Finish what is in flight and refuse new work. */
  drain(): Promise<void>
  /** Answers once so many workers take requests; the former ones finish theirs. @throws Failure `conflict`, `invalid-input` */
  resize(workers: number): Promise<void>
  /** What this server runs as, with what each process uses now. */
  processes(): Promise<ServingProcess[]>
}

/** Brings roles about everywhere or nowhere. */
export interface RoleHolder {
  /** @param named roles whose folder is looked at again, even where it is the one that serves */
  prepare(roles: Roles, named: readonly RoleName[]): Promise<void>
  commit(): Promise<void>
  describe(): RolesDescription
}

const keptSchema = z.strictObject({
  /** SHA-256 of the manifest of the bundle that the server was started from. */
  startedFrom: z.string(),
  roles: z.strictObject({
    active: z.string(),
    shadow: z.string().nullable(),
    canary: z.strictObject({ folder: z.string(), fraction: z.number() }).nullable(),
  }),
})

/** Roles on disk, so that a change that was answered outlives a crash. */
export interface RoleFile {
  /** What was kept by a server started from the same bundle; null else. */
  read(): Promise<Roles | null>
  write(roles: Roles): Promise<void>
}

/** A server started from another bundle than the one that wrote the file takes nothing from it. */
export async function openRoleFile(stateFolder: string, bundle: string): Promise<RoleFile> {
  const path = join(stateFolder, 'roles.json')
  const manifest = await readFile(join(bundle, 'manifest.json')).catch(() => Buffer.alloc(0))
  const startedFrom = createHash('sha256').update(manifest).digest('hex')
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch(() => null)
      if (text === null) return null
      try {
        const kept = keptSchema.parse(JSON.parse(text))
        return kept.startedFrom === startedFrom ? kept.roles : null
      } catch {
        // Written by hand or by another version: the bundle itself is the safe choice.
        return null
      }
    },
    async write(roles) {
      await writeFile(`${path}.new`, `${JSON.stringify({ startedFrom, roles })}\n`, { flush: true })
      await rename(`${path}.new`, path)
    },
  }
}

/** Changes follow one another; each is checked in every process before any takes it over. */
export function createControl(parts: {
  roles: Roles
  holder: RoleHolder
  file: RoleFile
  drain: () => Promise<void>
  resize: (workers: number) => Promise<void>
  processes: () => Promise<ServingProcess[]>
  onChange: (now: RolesDescription, change: RoleChange) => void
}): Control & { readonly roles: Roles } {
  const { holder, file } = parts
  let roles = parts.roles
  let turn: Promise<unknown> = Promise.resolve()
  const change = async (asked: RoleChange): Promise<RolesDescription> => {
    const next = changeRoles(roles, await withRealFolders(asked))
    await holder.prepare(next, namedRoles(asked))
    await file.write(next)
    await holder.commit()
    roles = next
    const now = holder.describe()
    parts.onChange(now, asked)
    return now
  }
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act)
    turn = mine.catch(() => {})
    return mine
  }
  return {
    get roles() {
      return roles
    },
    describe: async () => holder.describe(),
    change: (asked) => inTurn(() => change(asked)),
    resize: (workers) => inTurn(() => parts.resize(workers)),
    drain: parts.drain,
    processes: parts.processes,
  }
}
