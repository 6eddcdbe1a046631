import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type CatalogEvent, catalogEventSchema, type EventBody } from '../../shared/catalog/catalog-event.ts'
import { applyEvent, emptyState, type ModelState } from '../../shared/catalog/model-state.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { isMissing } from './catalog-folders.ts'
import { claimFolder, removeFolder, temporaryName } from './claim-folder.ts'
import { readWhole } from './read-whole.ts'
import { restoreFolder } from './restore-folder.ts'

const logFolder = 'log'
const eventFile = 'event.json'

/** Sorted by name is sorted by sequence up to this many events of one model. */
const digits = 8
const sequenceName = (sequence: number): string => String(sequence).padStart(digits, '0')

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
    const entries = await readdir(home).catch((error: unknown) => {
      if (isMissing(error)) return []
      // Not taken for a model to which nothing ever happened: its aliases would be gone.
      const whatToDo = `Make the folder ${home} readable.`
      throw new Failure('integrity', `The history of the model ${model} cannot be read: ${error}.`, whatToDo)
    })
    const names = entries.filter((name) => /^\d+$/.test(name)).sort()
    const gap = names.findIndex((name, i) => Number(name) !== i + 1)
    if (gap >= 0) {
      const missing = join(home, sequenceName(gap + 1))
      throw new Failure(
        'integrity',
        `The history of the model ${model} is damaged: event ${gap + 1} of ${Number(names.at(-1))} is missing.`,
        restoreFolder(missing),
      )
    }
    let read = known.get(model)
    // Fewer than before: the folder was replaced from outside.
    if (!read || read.events.length > names.length) read = { events: [], state: emptyState }
    const fresh = await Promise.all(
      names.slice(read.events.length).map(async (name) => {
        const what = `event ${Number(name)} of the model ${model}`
        const whatToDo = restoreFolder(join(home, name))
        const text = await readWhole(join(home, name, eventFile), what, whatToDo)
        return decodeJson(catalogEventSchema, text, what, whatToDo)
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
          const place = join(folder, model, logFolder, sequenceName(sequence))
          if (await claimFolder(temporary, place)) return written
        } finally {
          await removeFolder(temporary)
        }
      }
    },
  }
}
