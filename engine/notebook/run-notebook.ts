import type {
  CrossValidationResult,
  LeakageWarning,
  SearchTable,
} from '../../shared/catalog/training-results.ts'
import type { NotebookEvent } from '../../shared/contract/notebook.ts'
import { Failure } from '../../shared/failure.ts'
import type { Metrics } from '../../shared/metrics/metrics.ts'
import type { CellState } from '../../shared/notebook/cell-state.ts'
import type { CellKind } from '../../shared/notebook/notebook.ts'
import { stateOf } from '../../shared/notebook/staleness.ts'
import type { Task } from '../../shared/signature/signature.ts'
import type { NotebookState } from './notebook-state.ts'

/** What `slipway run` answers. */
export interface RunReport {
  ok: boolean
  /** It was asked to stop before every cell had run. */
  stopped?: true
  cells: {
    id: string
    kind: CellKind
    name: string
    status: CellState['status']
    ms: number | null
    error?: string
  }[]
  models: {
    name: string
    version: number
    task: Task
    metrics: Metrics
    warnings: LeakageWarning[]
    crossValidation?: CrossValidationResult
    search?: SearchTable
  }[]
}

export interface RunOptions {
  params?: Readonly<Record<string, unknown>>
  /** Stops the cell that runs and leaves the rest. */
  signal?: AbortSignal
}

export type OnNotebookEvent = (event: NotebookEvent) => void

/** @throws Failure `invalid-input` naming a parameter that no cell of the notebook takes */
export function checkParams(state: NotebookState, params: Readonly<Record<string, unknown>>): void {
  const fromSql = state
    .cells()
    .flatMap(({ cell, sql }) => (cell.tags?.includes('parameters') ? (sql?.variables ?? []) : []))
  const fromCode = state.cells().some(({ typescript }) => typescript?.exports.includes('params'))
  for (const name of Object.keys(params)) {
    if (fromCode || fromSql.includes(name.toLowerCase())) continue
    throw new Failure(
      'invalid-input',
      fromSql.length === 0
        ? `The notebook ${state.path} takes no parameters; -p ${name} was given.`
        : `The notebook ${state.path} has no parameter ${name}; it has ${fromSql.join(', ')}.`,
      'Tag a SQL cell `parameters` and set variables in it, or export `params` from a TypeScript cell.',
    )
  }
}

/** @param left cells that the run was stopped before, which say nothing of it even where an earlier run is shown */
export function reportOf(state: NotebookState, left: ReadonlySet<string>): RunReport {
  const cells = state.cells().map(({ cell: { id, kind, name } }) => {
    if (left.has(id)) return { id, kind, name, status: 'idle' as const, ms: null }
    const { status, ms, reason } = stateOf(state.staleness(), id)
    const shown = state.outputs(id).find((output) => output.type === 'error')
    const error =
      status === 'failed' && shown && ms !== null ? `${shown.message} ${shown.whatToDo}`.trim() : reason
    return {
      id,
      kind,
      name,
      status,
      ms,
      ...(status === 'failed' || status === 'stale' ? { error } : {}),
    }
  })
  const models = state.cells().flatMap(({ cell }) =>
    left.has(cell.id) || stateOf(state.staleness(), cell.id).status !== 'done'
      ? []
      : state.outputs(cell.id).flatMap((output, i, outputs) => {
          if (output.type !== 'model') return []
          const { name, version, task, metrics, warnings = [], crossValidation } = output
          // The search ran before the model and is shown before it.
          const search = outputs.slice(0, i).findLast((before) => before.type === 'training')?.search
          return [
            {
              name,
              version,
              task,
              metrics,
              warnings,
              ...(crossValidation ? { crossValidation } : {}),
              ...(search ? { search } : {}),
            },
          ]
        }),
  )
  const ok = left.size === 0 && cells.every(({ status }) => status !== 'failed')
  return { ok, ...(left.size > 0 ? { stopped: true } : {}), cells, models }
}
