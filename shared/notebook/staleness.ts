import { assertNever } from '../assert-never.ts'
import type { CellState } from './cell-state.ts'
import { type Graph, reach } from './graph.ts'

/** Why a stale cell is stale: an edit can be undone, an input that ran again cannot. */
type StaleCause = 'edit' | 'input'

export interface TrackedCell {
  readonly state: CellState
  readonly cause: StaleCause | null
  /** The state that a cancelled run goes back to. */
  readonly before: TrackedCell | null
}

export interface CellFacts {
  readonly disabled: boolean
  readonly markdown: boolean
}

export interface StalenessState {
  readonly graph: Graph
  readonly facts: ReadonlyMap<string, CellFacts>
  readonly cells: ReadonlyMap<string, TrackedCell>
}

export type StalenessMessage =
  /** `changed` were edited, moved or added; `current` have exactly the code and inputs of their last run. */
  | {
      type: 'edited'
      graph: Graph
      facts: ReadonlyMap<string, CellFacts>
      changed: readonly string[]
      current: ReadonlySet<string>
    }
  | { type: 'queued'; ids: readonly string[] }
  | { type: 'started'; id: string }
  | { type: 'finished'; id: string; ms: number }
  | { type: 'failed'; id: string; ms: number | null; reason: string }
  /** Not run because of another cell; its earlier result stays. */
  | { type: 'skipped'; id: string; reason: string }
  /** Whatever is queued or running goes back to what it was; a cell that was running says so. */
  | { type: 'cancelled' }
  /** What the cells had put into the session is gone. */
  | { type: 'lost'; ids: readonly string[]; reason: string }
  /** What the cells read from outside the notebook is not what it was. */
  | { type: 'inputs'; ids: readonly string[]; reason: string }
  | { type: 'cleared' }

const idle: TrackedCell = { state: { status: 'idle', ms: null, reason: '' }, cause: null, before: null }
const rendered: TrackedCell = { state: { status: 'done', ms: null, reason: '' }, cause: null, before: null }

function plain(status: CellState['status'], ms: number | null, reason = ''): TrackedCell {
  return { state: { status, ms, reason }, cause: null, before: null }
}

function stale(cell: TrackedCell, cause: StaleCause, reason: string): TrackedCell {
  const { status, ms } = cell.state
  if (status === 'done' || status === 'failed') {
    return { state: { status: 'stale', ms, reason }, cause, before: null }
  }
  if (status === 'stale' && cause === 'input') return { ...cell, cause }
  return cell
}

/** What a cell shows that was running: its state of before, which would otherwise look as if it had not been run. */
function stopped(before: TrackedCell): TrackedCell {
  const { status, ms } = before.state
  if (status === 'idle')
    return { ...before, state: { status, ms, reason: 'Stopped before it had a result.' } }
  if (status !== 'done') return before
  return {
    ...before,
    state: { status, ms, reason: 'Its last run was stopped; this is the result before it.' },
  }
}

/** What a cell shows before anything is known of it. */
function fresh(facts: CellFacts | undefined): TrackedCell {
  if (facts?.markdown) return rendered
  return facts?.disabled ? plain('disabled', null) : idle
}

function edited(
  state: StalenessState,
  message: Extract<StalenessMessage, { type: 'edited' }>,
): StalenessState {
  const { graph, facts, changed, current } = message
  const affected = reach(graph.downstream, changed)
  const direct = new Set(changed)
  const cells = new Map<string, TrackedCell>()
  for (const id of graph.order) {
    const fact = facts.get(id)
    const old = state.cells.get(id)
    if (fact?.markdown) cells.set(id, rendered)
    else if (fact?.disabled) cells.set(id, plain('disabled', old?.state.ms ?? null))
    else if (!old || old.state.status === 'disabled' || state.facts.get(id)?.markdown) {
      cells.set(id, current.has(id) ? plain('done', old?.state.ms ?? null) : idle)
    } else if (current.has(id) && old.state.status === 'stale' && old.cause === 'edit') {
      cells.set(id, plain('done', old.state.ms))
    } else if (current.has(id)) cells.set(id, old)
    else if (direct.has(id)) cells.set(id, stale(old, 'edit', 'The cell was edited after it ran.'))
    else if (affected.has(id)) cells.set(id, stale(old, 'edit', 'A cell it depends on was edited.'))
    else cells.set(id, old)
  }
  return { graph, facts, cells }
}

/** One step of a notebook's cell states. Pure: who runs what, and when, is decided elsewhere. */
export function transition(state: StalenessState, message: StalenessMessage): StalenessState {
  if (message.type === 'edited') return edited(state, message)
  const cells = new Map(state.cells)
  const get = (id: string) => cells.get(id) ?? fresh(state.facts.get(id))
  const markDownstream = (ids: readonly string[], reason: string) => {
    for (const id of reach(state.graph.downstream, ids)) {
      // A cell of a circle, or with a name taken, failed for a reason of its own.
      if (ids.includes(id) || state.graph.problems.has(id)) continue
      cells.set(id, stale(get(id), 'input', reason))
    }
  }
  switch (message.type) {
    case 'queued':
      for (const id of message.ids) {
        const cell = get(id)
        if (cell.state.status === 'queued' || cell.state.status === 'running') continue
        cells.set(id, { ...plain('queued', cell.state.ms), before: cell })
      }
      break
    case 'started': {
      const cell = get(message.id)
      cells.set(message.id, { ...plain('running', cell.state.ms), before: cell.before ?? cell })
      break
    }
    case 'finished':
      cells.set(message.id, plain('done', message.ms))
      markDownstream([message.id], 'A cell it depends on ran again.')
      break
    case 'failed':
      cells.set(message.id, plain('failed', message.ms, message.reason))
      markDownstream([message.id], 'A cell it depends on failed.')
      break
    case 'skipped': {
      const ms = get(message.id).state.ms
      cells.set(message.id, { ...plain('stale', ms, message.reason), cause: 'input' })
      break
    }
    case 'cancelled':
      for (const [id, cell] of cells) {
        if (cell.state.status !== 'queued' && cell.state.status !== 'running') continue
        const before = cell.before ?? idle
        cells.set(id, cell.state.status === 'running' ? stopped(before) : before)
      }
      break
    case 'lost':
      for (const id of message.ids) cells.set(id, stale(get(id), 'input', message.reason))
      markDownstream(message.ids, 'A value it depends on is gone from the session.')
      break
    case 'inputs':
      for (const id of message.ids) cells.set(id, stale(get(id), 'input', message.reason))
      markDownstream(message.ids, message.reason)
      break
    case 'cleared':
      for (const id of cells.keys()) cells.set(id, fresh(state.facts.get(id)))
      break
    default:
      return assertNever(message)
  }
  return { ...state, cells }
}

export function stateOf(state: StalenessState, id: string): CellState {
  return (state.cells.get(id) ?? fresh(state.facts.get(id))).state
}

/** What `run stale` runs, in order: never run, stale or failed. */
export function needRun(state: StalenessState): string[] {
  return state.graph.order.filter((id) => ['idle', 'stale', 'failed'].includes(stateOf(state, id).status))
}

export interface StoredCell {
  readonly status: 'done' | 'failed'
  readonly ms: number | null
  readonly reason: string
  /** Made by the code, and from the code upstream, as they stand. */
  readonly current: boolean
}

/** The states of a notebook that is opened: outputs of an earlier session count while nothing before them changed. */
export function restore(
  graph: Graph,
  facts: ReadonlyMap<string, CellFacts>,
  stored: ReadonlyMap<string, StoredCell>,
): StalenessState {
  const cells = new Map<string, TrackedCell>()
  for (const id of graph.order) {
    const known = stored.get(id)
    const fact = facts.get(id)
    if (!known || fact?.disabled || fact?.markdown) cells.set(id, fresh(fact))
    else if (known.current) cells.set(id, plain(known.status, known.ms, known.reason))
    else {
      const reason = 'The code or what it depends on changed after it ran.'
      cells.set(id, { ...plain('stale', known.ms, reason), cause: 'edit' })
    }
  }
  return { graph, facts, cells }
}
