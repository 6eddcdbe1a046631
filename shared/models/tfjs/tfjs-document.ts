import { z } from 'zod'

/**
 * The `model.json` of a model that tfjs scores: a tfjs LayersModel as `tf.loadLayersModel` reads it, with what scoring
 * needs to know in tfjs's own place for such things.
 */
export const tfjsDocumentSchema = z.object({
  format: z.literal('layers-model'),
  generatedBy: z.string(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int()),
          dtype: z.enum(['float32', 'int32', 'bool']),
        }),
      ),
    }),
  ),
  userDefinedMetadata: z.object({
    slipway: z.strictObject({
      scoredBy: z.literal('tfjs'),
      /** Rows that are scored together, the missing ones padded, so that every call has the same shape. */
      block: z.number().int().min(1).max(1024),
    }),
  }),
})
export type TfjsDocument = z.infer<typeof tfjsDocumentSchema>

const bytesOf = { float32: 4, int32: 4, bool: 1 } as const

export function weightBytes(document: TfjsDocument): number {
  return document.weightsManifest
    .flatMap((group) => group.weights)
    .reduce(
      (sum, { shape, dtype }) => sum + bytesOf[dtype] * shape.reduce((product, side) => product * side, 1),
      0,
    )
}
