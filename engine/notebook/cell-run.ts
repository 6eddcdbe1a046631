import type { Sources } from '../../shared/catalog/sources.ts'
import type { Output } from '../../shared/notebook/cell-state.ts'
import type { Session } from '../data/database.ts'
import type { RelationDefinition } from '../training/transforms/read-chain.ts'
import type { AnalysedCell } from './analyse-cell.ts'
import type { Predictions } from './predictions/with-predictions.ts'

/** All that running one cell may touch. */
export interface CellRun {
  readonly analysed: AnalysedCell
  readonly title: string
  /** The notebook's own connection, with its session variables and temporary tables. */
  readonly session: Session
  readonly signal: AbortSignal
  /** Hidden relation for the result of an unnamed cell. */
  readonly resultRelation: string
  /** The notebook's path in the workspace and the hash of its sources. */
  readonly origin: { notebook: string; notebookHash: string }
  /** How the notebook's SQL cells make their relations. */
  readonly definitions: readonly RelationDefinition[]
  /** What the cell depends on, as it is now: cells, files and tables with their hashes. */
  sources(): Promise<Sources>
  /** What makes `predict(…)` a relation. */
  readonly predictions: Predictions
  /** Values from the command line. */
  readonly params: Readonly<Record<string, unknown>>
  /** Exports of other cells in scope. */
  readonly imports: readonly { name: string; cell: string }[]
  /** Replaces what is shown under the cell. */
  show(outputs: readonly Output[]): void
}

/** `reason` says in one sentence why the cell counts as failed although it ran. */
export type CellOutcome = { ok: true } | { ok: false; reason: string }

export type CellRunner = (run: CellRun) => Promise<CellOutcome>
