import type { ScoredChunk } from '../score-chunk.ts'

/** Where scored rows go. Nothing is visible under the output's name before `finish`. */
export interface Sink {
  /** What the last commit of a run that was stopped kept; null to begin anew. */
  open(resume: boolean): Promise<string | null>
  write(scored: ScoredChunk): Promise<void>
  /** Whether it can commit after what was written last; absent where it always can. */
  settled?(): boolean
  /** Makes everything written so far durable, together with `state`, in one step that a crash cannot split. */
  commit(state: string): Promise<void>
  finish(): Promise<void>
  /** Lets go of it; keeps what was committed when `keep`, else removes it. */
  abandon(keep: boolean): Promise<void>
}
