import type { Batch } from '../../shared/features/batch.ts'

/** What the thread is started with. */
export interface ScorerStart {
  slipway: 'scorer'
  /** The bundle's folder. */
  folder: string
  /** The files were checked already. */
  checked: boolean
}

export interface ScorerRequest {
  id: number
  batch: Batch
}

export interface ScorerAnswer {
  id: number
  scores: Float64Array<ArrayBuffer>
  classIndexes: Int32Array<ArrayBuffer>
  /** What was scored, where a score left the range of numbers: only it tells which value is to blame. */
  batch?: Batch
}

export const isScorerStart = (data: unknown): data is ScorerStart =>
  typeof data === 'object' && data !== null && 'slipway' in data && data.slipway === 'scorer'
