import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CatalogEvent, catalogEventSchema, type EventBody } from '../../shared/catalog/catalog-event.ts'
import { applyEvent, emptyState, type ModelState } from '../../shared/catalog/model-state.ts'
import { decodeJson } from '../../shared/decode.ts'
import { claimFolder, removeFolder, temporaryName } from './claim-folder.ts'
import { restoreFolder } from './restore-folder.ts'

const logFolder = 'log'
const eventFile = 'event.json'

/** Sorted by name is sorted by sequence up to this many events of one model. */
const digits = 8

export interface Author {
  by: string
  now: () => number
}

/**
 * The history of each model, `<model>/log/<sequence>/event.json`, shared by every workbench that has the folder.
 *
 * To append is to claim the next number. Where two want the same one, the other reads what came between, checks
 * again whether its event may still happen, and tries the next: so nothing is lost, and no decision is taken on
 * a state that was already past.
 */
export interface EventLog {
  events(model: string): Promise<readonly CatalogEvent[]>
  state(model: string): Promise<ModelState>
  /** @param decide gives the event for the state as it is, null where nothing is left to do, or throws */
  append(
    model: string,
    why: string,
    decide: (state: ModelState) => Promise<EventBody | null>,
  ): Promise<CatalogEvent | null>
}

interface Read {
  events: CatalogEvent[]
  state: ModelState
}

export function createEventLog(
  folder: string,
  { by, now }: Author,
  write: (path: string, bytes: string) => Promise<void>,
): EventLog {
  /** Events never change, so each is read once. */
  const known = new Map<string, Read>()
  const turns = new Map<string, Promise<unknown>>()

  /** Readers of one model take turns, so that none reads what another just did. */
  function inTurn<T>(model: string, work: () => Promise<T>): Promise<T> {
    const next = (turns.get(model) ?? Promise.resolve()).then(work, work)
    turns.set(
      model,
      next.catch(() => undefined),
    )
    return next
  }

  async function readAll(model: string): Promise<Read> {
    const home = join(folder, model, logFolder)
    const names = (await readdir(home).catch(() => [])).filter((name) => /^\d+$/.test(name)).sort()
    let read = known.get(model)
    // Fewer than before: the folder was replaced from outside.
    if (!read || read.events.length > names.length) read = { events: [], state: emptyState }
    const fresh = await Promise.all(
      names.slice(read.events.length).map(async (name) => {
        const text = await readFile(join(home, name, eventFile), 'utf8')
        return decodeJson(
          catalogEventSchema,
          text,
          `event ${Number(name)} of the model ${model}`,
          restoreFolder(join(home, name)),
        )
      }),
    )
    for (const event of fresh) {
      read.events.push(event)
      read.state = applyEvent(read.state, event)
    }
    known.set(model, read)
    return read
  }

  return {
    events: (model) => inTurn(model, async () => [...(await readAll(model)).events]),
    state: (model) => inTurn(model, async () => (await readAll(model)).state),
    async append(model, why, decide) {
      await mkdir(join(folder, model, logFolder), { recursive: true })
      for (;;) {
        const { last, state } = await inTurn(model, async () => {
          const read = await readAll(model)
          return { last: read.events.at(-1)?.sequence ?? 0, state: read.state }
        })
        const event = await decide(state)
        if (event === null) return null
        const sequence = last + 1
        const at = new Date(now()).toISOString()
        const written: CatalogEvent = { format: 1, sequence, at, by, why, event }
        const temporary = join(folder, model, temporaryName(now()))
        try {
          await mkdir(temporary)
          await write(join(temporary, eventFile), `${JSON.stringify(written, null, 2)}\n`)
          const place = join(folder, model, logFolder, String(sequence).padStart(digits, '0'))
          if (await claimFolder(temporary, place)) return written
        } finally {
          await removeFolder(temporary)
        }
      }
    },
  }
}
