import { z } from 'zod'

const nullableNumber = z.number().nullable()

/** One coefficient, of one class where there are several. */
export const coefficientSchema = z.strictObject({
  /** Name of the model input, such as `contract=One year`; null for the intercept. */
  input: z.string().nullable(),
  /** The column the input is made from; null where it is made from several, and for the intercept. */
  column: z.string().nullable(),
  /** The class it speaks for in a model of several classes, else null. */
  class: z.string().nullable(),
  /** On the scale of the model's input: log odds, or the target's unit. */
  estimate: z.number(),
  /** Per unit of the column, where the encoder only shifts and scales it; else null. */
  perUnit: nullableNumber,
  /** Null where it means nothing; `withoutErrors` says why for all, `reference` for one. */
  standardError: nullableNumber,
  /** estimate / standardError */
  statistic: nullableNumber,
  /** Two-sided, of the estimate being zero. */
  pValue: nullableNumber,
  /** Bounds of the 95 % interval of `estimate`. */
  low: nullableNumber,
  high: nullableNumber,
  /** Whether the input follows from the others, so that its coefficient is zero by choice: a reference category. */
  reference: z.boolean(),
})
export type Coefficient = z.infer<typeof coefficientSchema>

/** The file `coefficients.json` of a linear or logistic model. */
export const coefficientsSchema = z.strictObject({
  version: z.literal(1),
  /** Training rows with a weight above zero. */
  rows: z.number().int(),
  /** Of the statistics: Student's t for a number, the normal distribution for classes. */
  distribution: z.enum(['t', 'normal']),
  degreesOfFreedom: nullableNumber,
  /** Standard deviation of the residuals on the training rows, in the target's unit; null for classes. */
  residualDeviation: nullableNumber,
  penalty: z.strictObject({ l1: z.number(), l2: z.number() }),
  /** Why there are no standard errors; null where there are. */
  withoutErrors: z.string().nullable(),
  /** What whoever reads the table must know. */
  notes: z.array(z.string()),
  /** The intercept of a class, then its inputs in the model's order; classes in the model's order. */
  coefficients: z.array(coefficientSchema),
})
export type Coefficients = z.infer<typeof coefficientsSchema>
