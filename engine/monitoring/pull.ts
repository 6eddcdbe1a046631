import { logEntrySchema, logTailSchema, type MonitoredModel } from '../../shared/drift/log-entry.ts'
import { type Window, windowSchema, windowsTailSchema } from '../../shared/drift/window.ts'
import { Failure } from '../../shared/failure.ts'
import type { Endpoint } from './endpoint.ts'
import { findModel, standsFor } from './monitored-model.ts'
import { type NdjsonPage, readNdjson } from './read-ndjson.ts'
import type { MonitoringStore } from './store.ts'

export interface PullSource {
  /** The name that its data is stored under. */
  deployment: string
  endpoint: Endpoint
  /** Folder of its bundle, when it is on this machine. */
  bundle: string | null
}

/** Pages that one pull reads at most, so that a long backlog does not keep the others waiting. */
const pagesAtMost = 50

/**
 * Reads pages from a cursor on until one brings nothing new.
 *
 * A cursor beyond the endpoint's own (its state folder was removed) would never see anything again: a page
 * that goes backwards shows it, and reading starts over from 0; what is stored already is replaced by key.
 */
async function readPages<T extends { cursor: number }>(
  from: number,
  page: (since: number) => Promise<NdjsonPage<T>>,
  store: (lines: T[]) => Promise<void>,
): Promise<{ cursor: number; lines: number }> {
  let cursor = from
  let stored = 0
  for (let i = 0; i < pagesAtMost; i++) {
    const { lines, next } = await page(cursor)
    if (next < cursor || lines.some((line) => line.cursor <= cursor)) {
      if (cursor === 0) break
      cursor = 0
      continue
    }
    if (lines.length > 0) await store(lines)
    stored += lines.length
    if (next === cursor) break
    cursor = next
  }
  return { cursor, lines: stored }
}

const keyOf = ({ model, layoutHash }: Window) => `${model.name}:${model.version}:${layoutHash}`

/** Whether the window's counts have the columns of the baseline it names; a mismatch is refused whole. */
function checkColumns(window: Window, { model, baseline }: MonitoredModel, url: string): void {
  const { features, outputs } = window
  if (features.length === baseline.features.length && outputs.length === baseline.outputs.length) return
  throw new Failure(
    'conflict',
    `Window ${window.cursor} of ${url} has ${features.length} features and ${outputs.length} outputs, but the baseline of ${model.name} version ${model.version} has ${baseline.features.length} and ${baseline.outputs.length}.`,
    'Deploy the bundle again: its baseline.json is not the one it serves with.',
  )
}

/**
 * Pulls everything new from one deployment into the store. Repeating it changes nothing: windows are kept by
 * instance and cursor, predictions and feedback by id, and a page is stored whole before the cursor moves.
 *
 * @returns how many windows, predictions and feedbacks came
 * @throws Failure when the endpoint cannot be reached or answers in another format; what came before is kept
 */
export async function pull(store: MonitoringStore, source: PullSource, now: () => number): Promise<number> {
  const { deployment, endpoint, bundle } = source
  const models = new Map<string, MonitoredModel>()

  async function modelOf(window: Window): Promise<MonitoredModel> {
    const key = keyOf(window)
    let model = models.get(key) ?? (await store.model(deployment, window.model))
    if (!model || !standsFor(model, window)) {
      model = await findModel(endpoint, bundle, window)
      await store.putModel(deployment, model)
    }
    models.set(key, model)
    return model
  }

  const before = await store.pullState(deployment)
  if (!(await store.model(deployment))) await store.putModel(deployment, await findModel(endpoint, bundle))

  const windows = await readPages(
    before.windows,
    async (since) => {
      const path = `/monitoring/windows?since=${since}`
      return readNdjson(await endpoint.text(path), windowSchema, windowsTailSchema, endpoint.url + path)
    },
    async (lines) => {
      const byModel = Map.groupBy(lines, keyOf)
      for (const group of byModel.values()) {
        const model = await modelOf(group[0]!)
        for (const window of group) checkColumns(window, model, endpoint.url)
        await store.putWindows(deployment, model.baseline, group)
      }
    },
  )
  await store.putPullState(deployment, endpoint.url, { ...before, windows: windows.cursor })

  const predictions = await readPages(
    before.predictions,
    async (since) => {
      const path = `/monitoring/predictions?since=${since}`
      return readNdjson(await endpoint.text(path), logEntrySchema, logTailSchema, endpoint.url + path)
    },
    (lines) => store.putLog(deployment, lines),
  )
  await store.putPullState(deployment, endpoint.url, {
    windows: windows.cursor,
    predictions: predictions.cursor,
    pulled: now(),
  })
  return windows.lines + predictions.lines
}
