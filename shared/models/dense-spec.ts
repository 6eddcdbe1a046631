import { z } from 'zod'
import { expected } from '../decoding/expected.ts'
import { namedValues } from '../decoding/named-values.ts'

/** How the learning rate goes on from epoch to epoch; `factor` is what it is multiplied by. */
export const learningRateScheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  /** Every so many epochs. */
  z.strictObject({
    kind: z.literal('step'),
    every: z.number().int().min(1).max(10_000),
    factor: z.number().positive().max(1),
  }),
  /** Every epoch. */
  z.strictObject({ kind: z.literal('exponential'), factor: z.number().positive().max(1) }),
  /** Half a cosine from the full rate down to the share `to` of it, over all epochs. */
  z.strictObject({ kind: z.literal('cosine'), to: z.number().min(0).max(1).optional() }),
  /** After `patience` epochs without a better loss. */
  z.strictObject({
    kind: z.literal('plateau'),
    patience: z.number().int().min(1).max(10_000),
    factor: z.number().positive().max(1),
  }),
])
export type LearningRateSchedule = z.infer<typeof learningRateScheduleSchema>

/** `balanced` weighs classes by rows / (classes × rows of the class); a class that is not named weighs 1. */
export const classWeightsSchema = z.union([z.literal('balanced'), namedValues(z.number().min(0).max(1e6))], {
  error: expected('"balanced" or an object of weights from 0 on by class, such as { "yes": 2 }'),
})
export type ClassWeights = z.infer<typeof classWeightsSchema>

const optimisation = {
  epochs: z.number().int().min(1).max(10_000).optional(),
  batchSize: z.number().int().min(1).max(1_000_000).optional(),
  learningRate: z.number().positive().max(10).optional(),
  learningRateSchedule: learningRateScheduleSchema.optional(),
  optimizer: z.enum(['adam', 'sgd']).optional(),
  /** Of `sgd`; default 0.9. */
  momentum: z.number().min(0).lt(1).optional(),
  /** L2 penalty `l2 / 2 · ‖weights‖²` on weights, not on biases, in units of the mean loss. */
  l2: z.number().min(0).max(1_000).optional(),
  /** Epochs without a better validation loss before training stops; 0 never stops early. */
  patience: z.number().int().min(0).max(10_000).optional(),
}

/** L1 penalty `l1 · ‖weights‖₁` in units of the mean loss: of half the squared error, or of the log loss. */
const l1 = z.number().min(0).max(1e9).optional()

const minibatchKeys = ['batchSize', 'learningRate', 'learningRateSchedule', 'optimizer', 'momentum'] as const

interface Choices extends Partial<Record<(typeof minibatchKeys)[number], unknown>> {
  l1?: number | undefined
}

/** Keys that contradict each other, named by the one to leave out. */
function checkChoices(model: Choices, context: z.RefinementCtx): void {
  if (model.momentum !== undefined && model.optimizer !== 'sgd') {
    const message = '"momentum" belongs to "optimizer": "sgd"'
    const params = { whatToDo: 'Leave "momentum" out, or set "optimizer" to "sgd".' }
    context.addIssue({ code: 'custom', path: ['momentum'], message, params })
  }
  if (model.l1 === undefined || model.l1 === 0) return
  const key = minibatchKeys.find((one) => model[one] !== undefined)
  if (key === undefined) return
  const message = `"${key}" asks for minibatches, which cannot reach an L1 penalty's zeros`
  const params = { whatToDo: `Leave "${key}" or "l1" out.` }
  context.addIssue({ code: 'custom', path: [key], message, params })
}

export const linearSpecSchema = z
  .strictObject({ kind: z.literal('linear'), ...optimisation, l1 })
  .superRefine(checkChoices)

export const logisticSpecSchema = z
  .strictObject({
    kind: z.literal('logistic'),
    ...optimisation,
    l1,
    classWeights: classWeightsSchema.optional(),
  })
  .superRefine(checkChoices)

export const mlpSpecSchema = z
  .strictObject({
    kind: z.literal('mlp'),
    ...optimisation,
    /** Units of the hidden layers. */
    layers: z.array(z.number().int().min(1).max(4096)).min(1).max(16).optional(),
    activation: z.enum(['relu', 'tanh', 'sigmoid', 'elu']).optional(),
    /** Share of the hidden units left out at every step. */
    dropout: z.number().min(0).max(0.9).optional(),
    /** Normalises every hidden layer by its batch, before the activation. */
    batchNorm: z.boolean().optional(),
    classWeights: classWeightsSchema.optional(),
  })
  .superRefine(checkChoices)

export type DenseModelSpec =
  | z.infer<typeof linearSpecSchema>
  | z.infer<typeof logisticSpecSchema>
  | z.infer<typeof mlpSpecSchema>

/** Whether a model is trained on minibatches: always an `mlp`, others when a key of minibatches is set. */
export function usesMinibatches(model: DenseModelSpec): boolean {
  return model.kind === 'mlp' || minibatchKeys.some((key) => model[key] !== undefined)
}
