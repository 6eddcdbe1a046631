import { z } from 'zod'

const optimisation = {
  epochs: z.number().int().min(1).max(10_000).optional(),
  batchSize: z.number().int().min(1).max(1_000_000).optional(),
  learningRate: z.number().positive().max(10).optional(),
  /** L2 penalty on weights, not on biases, in units of the mean loss. */
  l2: z.number().min(0).max(1_000).optional(),
  /** Epochs without a better validation loss before training stops; 0 never stops early. */
  patience: z.number().int().min(0).max(10_000).optional(),
}

const kinds = ['linear', 'logistic', 'mlp'] as const

function explainKind(input: unknown): string {
  const kind = typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined
  if (kind === 'gbdt') return 'gbdt is not available yet; use linear, logistic or mlp'
  const found = kind === undefined ? 'no "kind"' : JSON.stringify(kind)
  return `expected a model kind of ${kinds.join(', ')}, found ${found}`
}

export const modelSpecSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('linear'), ...optimisation }),
    z.strictObject({ kind: z.literal('logistic'), ...optimisation }),
    z.strictObject({
      kind: z.literal('mlp'),
      ...optimisation,
      layers: z.array(z.number().int().min(1).max(4096)).min(1).max(16).optional(),
      activation: z.enum(['relu', 'tanh', 'sigmoid', 'elu']).optional(),
      dropout: z.number().min(0).max(0.9).optional(),
    }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? explainKind(issue.input) : undefined) },
)
export type ModelSpec = z.infer<typeof modelSpecSchema>
export type ModelKind = ModelSpec['kind']
