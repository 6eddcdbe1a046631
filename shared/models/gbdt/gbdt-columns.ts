import { z } from 'zod'
import { decodeJson } from '../../decode.ts'
import { Failure } from '../../failure.ts'

/** One column of a stored booster, as whoever trained it described it. */
export interface GbdtColumn {
  readonly name: string
  /** `categorical`: the model reads codes; `boolean`: 0 and 1. */
  readonly kind: 'numeric' | 'integer' | 'boolean' | 'categorical'
  /**
   * The categories in the order of their codes; null where the file has none, and values are the codes themselves.
   * XGBoost keeps them from version 3.1 on.
   */
  readonly categories: readonly (string | number)[] | null
}

export interface GbdtDescription {
  /** Of the program that wrote the file, such as `3.2.0`. */
  readonly version: string
  readonly columns: readonly GbdtColumn[]
  /** Rounds after which early stopping found the least loss; null where there was no early stopping. */
  readonly bestRounds: number | null
}

/** Text as bytes from offset to offset, or numbers. */
const encodedSchema = z.union([
  z.object({ offsets: z.array(z.number().int()), values: z.array(z.number().int()) }),
  z.object({ type: z.number(), values: z.array(z.number()) }),
])

const descriptionSchema = z.object({
  version: z.tuple([z.number(), z.number(), z.number()]),
  learner: z.object({
    attributes: z.record(z.string(), z.string()).default({}),
    feature_names: z.array(z.string()).default([]),
    feature_types: z.array(z.string()).default([]),
    learner_model_param: z.object({ num_feature: z.string() }),
    gradient_booster: z.object({
      model: z.object({ cats: z.object({ enc: z.array(encodedSchema) }).optional() }).optional(),
    }),
  }),
})

/** @throws Failure for names that are not ASCII: XGBoost 3.2 counts their letters where it writes bytes, and cuts them up */
function categoriesOf(
  encoded: z.infer<typeof encodedSchema> | undefined,
  column: string,
): (string | number)[] | null {
  if (!encoded || encoded.values.length === 0) return null
  if ('type' in encoded) return encoded.values
  const { offsets, values } = encoded
  if (values.some((byte) => byte < 0 || byte > 127)) {
    throw new Failure(
      'invalid-input',
      `The categories of column "${column}" are not plain ASCII, and XGBoost writes such names wrongly into its file.`,
      'Rename the categories in Python, such as "groesser" for "größer", and train and save the model again.',
      column,
    )
  }
  return offsets.slice(1).map((end, i) => String.fromCharCode(...values.slice(offsets[i], end)))
}

const kinds: Record<string, GbdtColumn['kind']> = { c: 'categorical', i: 'boolean', int: 'integer' }

/**
 * Reads what an XGBoost JSON model says of its columns. Columns without names are `f0`, `f1`, …, as XGBoost calls them.
 *
 * @throws Failure `invalid-input` with the path of what is not as XGBoost writes it
 */
export function describeGbdt(modelJson: string, what: string): GbdtDescription {
  const { version, learner } = decodeJson(descriptionSchema, modelJson, what)
  const { feature_names: names, feature_types: types, attributes } = learner
  const encoded = learner.gradient_booster.model?.cats?.enc ?? []
  const best = Number(attributes.best_iteration ?? Number.NaN)
  return {
    version: version.join('.'),
    columns: Array.from({ length: Number(learner.learner_model_param.num_feature) }, (_, i) => {
      const kind = kinds[types[i] ?? ''] ?? 'numeric'
      const name = names[i] ?? `f${i}`
      return { name, kind, categories: kind === 'categorical' ? categoriesOf(encoded[i], name) : null }
    }),
    bestRounds: Number.isInteger(best) ? best + 1 : null,
  }
}
