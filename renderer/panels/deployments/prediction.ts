import { z } from 'zod'

const labelSchema = z.union([z.string(), z.number(), z.boolean()])

const answerSchema = z.object({
  prediction: z.array(labelSchema).min(1),
  probabilities: z.array(z.record(z.string(), z.number())).optional(),
  ids: z.array(z.string()).optional(),
})

const refusalSchema = z.object({
  error: z.object({
    message: z.string(),
    fields: z
      .array(
        z.object({
          row: z.number().optional(),
          column: z.string().optional(),
          expected: z.string().optional(),
          found: z.unknown().optional(),
        }),
      )
      .optional(),
  }),
})

/** What came back for one row. */
export type Prediction =
  | {
      readonly type: 'answer'
      readonly label: string
      /** Largest first; empty for regression. */
      readonly probabilities: readonly { readonly label: string; readonly p: number }[]
      /** Under which feedback can be sent; null when the deployment gives none. */
      readonly id: string | null
    }
  | { readonly type: 'refused'; readonly message: string; readonly fields: readonly string[] }
  | { readonly type: 'unreadable' }

/** Reads the body of a `/predict` response for one row. */
export function readPrediction(status: number, body: unknown): Prediction {
  if (status >= 200 && status < 300) {
    const answer = answerSchema.safeParse(body)
    if (!answer.success) return { type: 'unreadable' }
    const probabilities = Object.entries(answer.data.probabilities?.[0] ?? {})
      .map(([label, p]) => ({ label, p }))
      .sort((a, b) => b.p - a.p)
    return {
      type: 'answer',
      label: String(answer.data.prediction[0]),
      probabilities,
      id: answer.data.ids?.[0] ?? null,
    }
  }
  const refusal = refusalSchema.safeParse(body)
  if (!refusal.success) return { type: 'unreadable' }
  const fields = (refusal.data.error.fields ?? []).map((field) => {
    const found = field.found === undefined ? '' : `, found ${JSON.stringify(field.found)}`
    return `${field.column ?? 'row'}: expected ${field.expected ?? 'another value'}${found}`
  })
  return { type: 'refused', message: refusal.data.error.message, fields }
}
