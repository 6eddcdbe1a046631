import { z } from 'zod'
import { featuresSpecSchema } from '../features/column-spec.ts'
import { modelSpecSchema } from '../models/model-spec.ts'

const fractions = {
  /** Fraction of the rows held out for the metrics. */
  test: z.number().gt(0).lt(1).default(0.25),
  /** Fraction of the remaining rows used for early stopping and live validation loss. */
  validation: z.number().min(0).lt(1).default(0.1),
  seed: z.number().int().min(0).max(4_294_967_295).default(7),
}

/** Default method: `stratified` for classes, `random` for a number. */
export const splitSchema = z.strictObject({
  method: z.enum(['random', 'stratified'], { error: 'expected "random" or "stratified"' }).optional(),
  ...fractions,
})
export type SplitSpec = z.infer<typeof splitSchema>
/** A split whose method is decided. */
export type Split = Omit<SplitSpec, 'method'> & { method: 'random' | 'stratified' }

export const modelNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** The JSON of a train cell. Every key has a default but `from` and `target`; an unknown key is an error that names it. */
export const trainSpecSchema = z.strictObject({
  from: z.string().min(1),
  target: z.string().min(1),
  task: z.enum(['auto', 'binary', 'multiclass', 'regression']).default('auto'),
  features: featuresSpecSchema.optional(),
  split: splitSchema.optional(),
  /** Default: `logistic` for classification, `linear` for regression. */
  model: modelSpecSchema.optional(),
  /** Name in the catalog; default: the cell's name, else the target's. */
  register: z.string().regex(modelNamePattern, 'expected a letter, then letters, digits, _ or -').optional(),
  /** Upstream relation whose columns a request carries; default `from` itself. */
  servingInput: z.string().min(1).optional(),
})
export type TrainSpec = z.infer<typeof trainSpecSchema>
