import type { z } from 'zod'
import type { failureSchema } from '../../shared/failure.ts'
import type { Batch } from '../../shared/features/batch.ts'
import type { ModelParts } from '../../shared/models/open-predictor.ts'

/** What the engine tells its scoring thread. Both ends are our own code, so it is taken as it comes. */
export type ToScoring =
  | { type: 'open'; request: number; model: number; parts: ModelParts }
  | { type: 'predict'; request: number; model: number; batch: Batch }
  | { type: 'close'; model: number }

/** Each request is answered once, in order. */
export type FromScoring =
  | { request: number; type: 'opened' }
  | {
      request: number
      type: 'predicted'
      outputs: number
      scores: Float64Array<ArrayBuffer>
      classIndexes: Int32Array<ArrayBuffer>
    }
  | { request: number; type: 'failed'; failure: z.infer<typeof failureSchema> | null; message: string }
