import { oc } from '@orpc/contract'
import { z } from 'zod'
import { failureSchema } from '../failure.ts'

/** Every procedure may answer with a failure: a typed error that says what to do. */
export const procedure = oc.errors({ FAILURE: { status: 400, data: failureSchema } })

export const nothing = z.strictObject({}).optional()

/** The part of `Blob` that both carriers pass; `shared` has no DOM types. */
export interface BlobLike {
  readonly size: number
  arrayBuffer(): Promise<ArrayBuffer>
}

export const blobSchema = z.custom<BlobLike>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'arrayBuffer' in value &&
    typeof value.arrayBuffer === 'function',
  'expected binary data',
)
