import { z } from 'zod'
import { blobSchema } from './base.ts'

/** One chunk of a file on its way in. Chunks come in order, `offset` bytes into the file, 8 MiB at most. */
export const uploadChunkSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  name: z.string().min(1),
  offset: z.number().int().min(0),
  chunk: blobSchema,
  last: z.boolean(),
})
