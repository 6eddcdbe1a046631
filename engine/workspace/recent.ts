import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { atomicWrite } from './atomic-write.ts'

const entrySchema = z.object({ path: z.string(), opened: z.string() })
const listSchema = z.array(entrySchema)

export interface RecentEntry {
  path: string
  name: string
  opened: string
  exists: boolean
}

export interface RecentList {
  list(): Promise<RecentEntry[]>
  add(path: string): Promise<void>
}

const longest = 20

/** Where Slipway keeps what belongs to the user and not to a workspace; `SLIPWAY_STATE` overrides it. */
export function defaultStateFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  if (env.SLIPWAY_STATE) return env.SLIPWAY_STATE
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Slipway')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Slipway')
  return join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'slipway')
}

/** Workspaces by last opening, newest first. A list that cannot be read counts as empty: it is a convenience. */
export function createRecentList(folder: string, now: () => Date = () => new Date()): RecentList {
  const file = join(folder, 'recent.json')
  const read = async () => {
    try {
      const result = listSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
      return result.success ? result.data : []
    } catch {
      return []
    }
  }
  return {
    async list() {
      const entries = await read()
      return entries.map((entry) => ({
        ...entry,
        name: basename(entry.path) || entry.path,
        exists: existsSync(entry.path),
      }))
    },
    async add(path) {
      const others = (await read()).filter((entry) => entry.path !== path)
      const list = [{ path, opened: now().toISOString() }, ...others].slice(0, longest)
      await atomicWrite(file, `${JSON.stringify(list, null, 2)}\n`)
    },
  }
}
