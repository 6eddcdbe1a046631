import { createHash } from 'node:crypto'
import { Failure } from '../../shared/failure.ts'
import type { Output } from '../../shared/notebook/cell-state.ts'
import { serializeNotebook } from '../../shared/notebook/codec.ts'
import type { CellKind } from '../../shared/notebook/notebook.ts'
import { needRun, stateOf } from '../../shared/notebook/staleness.ts'
import type { Changes } from '../changes.ts'
import type { Session } from '../data/database.ts'
import { cellSchema } from '../data/relations.ts'
import type { RunningTask, Tasks } from '../tasks.ts'
import type { AnalysedCell } from './analyse-cell.ts'
import { dropCellRelation } from './cell-relation.ts'
import type { CellOutcome, CellRun, CellRunner } from './cell-run.ts'
import { errorOutput } from './error-output.ts'
import type { NotebookState } from './notebook-state.ts'
import { notebookKey } from './output-store.ts'
import type { Predictions } from './predictions/with-predictions.ts'
import { recordSources } from './record-sources.ts'
import { relationDefinitions } from './sql/relation-definitions.ts'

export type RunWhat = { type: 'cell'; id: string } | { type: 'stale' } | { type: 'all' }

/** One notebook's queue: cells run one at a time, each after all it needs. */
export interface NotebookRunner {
  run(what: RunWhat, params?: Readonly<Record<string, unknown>>): void
  /** Answers when nothing runs and nothing waits. */
  idle(): Promise<void>
  interrupt(): Promise<void>
  /** Cells that were asked for since it last was idle and have not run, because it was interrupted. */
  left(): ReadonlySet<string>
  /** Values that cells had put into the session are gone. */
  sessionLost(): void
}

export interface NotebookRunnerDependencies {
  state: NotebookState
  session: Session
  /** Where cells' paths begin. */
  workspaceFolder: string
  runners: Record<CellKind, CellRunner>
  /** Makes TypeScript code stop, by asking and then by force. */
  stopCode: () => Promise<void>
  predictions: Predictions
  tasks: Tasks
  changes: Changes
  now?: () => number
}

export function createNotebookRunner(dependencies: NotebookRunnerDependencies): NotebookRunner {
  const {
    state,
    session,
    workspaceFolder,
    runners,
    stopCode,
    predictions,
    tasks,
    changes,
    now = () => performance.now(),
  } = dependencies
  const queue = new Set<string>()
  /** Cells whose exports, variables or temporary tables the session holds. */
  const live = new Set<string>()
  const left = new Set<string>()
  let params: Readonly<Record<string, unknown>> = {}
  let loop: Promise<void> | null = null
  let controller = new AbortController()
  let lost: string[] = []

  const titleOf = (id: string) => state.analysed(id)?.names.title ?? id
  const needs = (id: string) => {
    const { status } = stateOf(state.staleness(), id)
    if (status === 'disabled') return false
    return status !== 'done' || (state.analysed(id)?.sessionBound === true && !live.has(id))
  }

  /** The cell and what it needs that has not run, changed, or left the session. */
  const withNeeded = (id: string, found = new Set<string>()): Set<string> => {
    if (found.has(id)) return found
    found.add(id)
    for (const up of state.staleness().graph.upstream.get(id) ?? []) if (needs(up)) withNeeded(up, found)
    return found
  }

  const chosen = (what: RunWhat): Set<string> => {
    const { graph, facts } = state.staleness()
    const runnable = graph.order.filter((id) => !facts.get(id)?.markdown && !facts.get(id)?.disabled)
    if (what.type === 'all') return new Set(runnable)
    if (what.type === 'stale') {
      const ids = new Set<string>()
      for (const id of needRun(state.staleness())) withNeeded(id, ids)
      return ids
    }
    const cell = state.analysed(what.id)?.cell
    if (!cell) throw new Failure('not-found', `The notebook has no cell ${what.id}.`, 'Reload the notebook.')
    if (cell.disabled) {
      throw new Failure(
        'invalid-input',
        `The cell ${titleOf(what.id)} is disabled.`,
        'Enable it, then run it.',
      )
    }
    return cell.kind === 'markdown' ? new Set() : withNeeded(what.id)
  }

  /** Why the cell cannot run now because of another one. */
  const blockedBy = (id: string): { failed: boolean; reason: string } | null => {
    for (const up of state.staleness().graph.upstream.get(id) ?? []) {
      const { status } = stateOf(state.staleness(), up)
      if (status === 'failed') return { failed: true, reason: `Not run, because ${titleOf(up)} failed.` }
      if (status === 'disabled')
        return { failed: false, reason: `Not run: it needs ${titleOf(up)}, which is disabled.` }
      if (status === 'idle' || status === 'stale') {
        return { failed: false, reason: `Not run: it needs ${titleOf(up)}, which was not run.` }
      }
    }
    return null
  }

  const importsOf = (analysed: AnalysedCell) =>
    analysed.names.uses
      .filter((symbol) => symbol.startsWith('value:'))
      .flatMap((symbol) => {
        const owner = state
          .cells()
          .find(({ names, cell }) => names.defines.includes(symbol) && !cell.disabled)
        return owner ? [{ name: symbol.slice('value:'.length), cell: owner.cell.id }] : []
      })

  const execute = async (analysed: AnalysedCell, show: CellRun['show']): Promise<CellOutcome> => {
    const { cell, names } = analysed
    const problem = state.staleness().graph.problems.get(cell.id)
    if (problem !== undefined) {
      throw new Failure('invalid-input', problem, 'Correct the names, then run the cell again.')
    }
    if (analysed.problem) throw analysed.problem
    const document = state.document()
    return runners[cell.kind]({
      analysed,
      title: names.title,
      session,
      signal: controller.signal,
      resultRelation: `${cellSchema}.${notebookKey(state.path).slice(0, 8)}_${cell.id}`,
      origin: {
        notebook: state.path,
        notebookHash: createHash('sha256').update(serializeNotebook(document)).digest('hex'),
      },
      definitions: relationDefinitions(state.cells()),
      sources: () =>
        recordSources({
          cells: state.cells(),
          graph: state.staleness().graph,
          cell: cell.id,
          workspaceFolder,
          session,
        }),
      predictions,
      params,
      imports: importsOf(analysed),
      show,
    })
  }

  /** A cell that got another name leaves no relation behind under the old one. */
  const dropRenamed = async (id: string, before: readonly Output[]) => {
    const kept = new Set(
      state.outputs(id).map((output) => (output.type === 'relation' ? output.relation : '')),
    )
    for (const output of before) {
      if (output.type !== 'relation' || kept.has(output.relation)) continue
      const symbol = `relation:${output.relation.toLowerCase()}`
      if (state.cells().some(({ names }) => names.defines.some((defined) => defined === symbol))) continue
      await dropCellRelation(session, output.relation).catch(() => undefined)
    }
  }

  const runOne = async (id: string) => {
    const analysed = state.analysed(id)
    left.delete(id)
    if (!analysed) return
    const blocked = state.staleness().graph.problems.has(id) ? null : blockedBy(id)
    if (blocked) {
      const { reason } = blocked
      state.dispatch(
        blocked.failed ? { type: 'failed', id, ms: null, reason } : { type: 'skipped', id, reason },
      )
      return
    }
    const before = state.outputs(id)
    let shown: readonly Output[] = []
    const show = (outputs: readonly Output[]) => {
      shown = outputs
      if (!controller.signal.aborted) state.show(id, outputs)
    }
    const hash = state.hashes(params).get(id) ?? ''
    state.dispatch({ type: 'started', id })
    const started = now()
    try {
      const outcome = await execute(analysed, show)
      if (shown.length === 0) state.show(id, [])
      live.add(id)
      const ms = now() - started
      await dropRenamed(id, before)
      // After it ran: what the cell itself writes is no change to what it read.
      const files = await state.fileStamps(id)
      const result = outcome.ok
        ? ({ status: 'done', reason: '' } as const)
        : ({ status: 'failed', reason: outcome.reason } as const)
      await state.remember(id, { hash, params, files, ms, ...result })
    } catch (error) {
      if (controller.signal.aborted || (error instanceof Failure && error.code === 'cancelled')) {
        state.show(id, before)
        queue.clear()
        left.add(id)
        state.dispatch({ type: 'cancelled' })
        return
      }
      live.delete(id)
      const output = errorOutput(error)
      state.show(id, [...shown, output])
      await state.remember(id, {
        hash,
        params,
        files: await state.fileStamps(id),
        status: 'failed',
        ms: now() - started,
        reason: output.message,
      })
    }
    if (analysed.cell.kind === 'sql' || analysed.cell.kind === 'typescript') changes.emit('relations')
  }

  const tellLost = () => {
    const ids = lost.filter((id) => state.analysed(id)?.sessionBound)
    lost = []
    const reason = 'Its values are gone, because the session was stopped.'
    if (ids.length > 0) state.dispatch({ type: 'lost', ids, reason })
  }

  const work = async (task: RunningTask) => {
    let done = 0
    try {
      for (;;) {
        const next = state.staleness().graph.order.find((id) => queue.has(id))
        if (next === undefined) break
        queue.delete(next)
        // A query of a millisecond before a training of a minute says nothing of how long that will take.
        task.progress(done / (done + queue.size + 1), `${state.path}: ${titleOf(next)}`, 'uneven')
        await runOne(next)
        tellLost()
        done += 1
      }
    } finally {
      queue.clear()
      task.end()
      loop = null
      state.setRunning(false)
    }
  }

  const interrupt = async () => {
    const current = loop
    if (!current) return
    queue.clear()
    controller.abort()
    session.interrupt()
    // An interrupt between two statements hits nothing, so it is repeated until the cell has ended.
    const again = setInterval(() => session.interrupt(), 40)
    try {
      await Promise.all([stopCode(), current])
    } finally {
      clearInterval(again)
    }
  }

  return {
    run(what, given) {
      const ids = chosen(what)
      if (ids.size === 0) return
      if (!loop) left.clear()
      for (const id of ids) {
        queue.add(id)
        left.add(id)
      }
      state.dispatch({ type: 'queued', ids: [...ids] })
      if (loop) return
      params = given ?? {}
      controller = new AbortController()
      const task = tasks.start(`Running ${state.path}`, () => void interrupt())
      state.setRunning(true)
      loop = work(task)
    },
    async idle() {
      while (loop) await loop
    },
    interrupt,
    left: () => left,
    sessionLost() {
      lost.push(...[...live].filter((id) => state.analysed(id)?.cell.kind === 'typescript'))
      for (const id of lost) live.delete(id)
      if (!loop) tellLost()
    },
  }
}
