import { z } from 'zod'
import { signatureColumnSchema } from '../signature/signature.ts'

/** How a column travels in a request: as a number, as text, or as a truth value. */
const carried = z.enum(['numeric', 'categorical', 'boolean'])

const inputSchema = z.strictObject({
  name: z.string(),
  /** The DuckDB type that the SQL sees, such as `INTEGER`. */
  type: z.string(),
  carried,
  /** Whether requests carry it; the SQL sees a null of its type where they do not. */
  asked: z.boolean(),
})
export type TransformInput = z.infer<typeof inputSchema>

/** The file `transforms/transforms.json`: the SQL between the serving input and the model, in order. */
export const transformPlanSchema = z.strictObject({
  version: z.literal(1),
  servingInput: z.string(),
  /** All columns of the serving input, in its order. */
  inputs: z.array(inputSchema),
  /** The SQL cells from the serving input to the training relation, each after all that it reads. */
  relations: z.array(z.strictObject({ relation: z.string(), cell: z.string(), file: z.string() })).min(1),
  /** Tables that the SQL reads beside the serving input. */
  lookups: z.array(
    z.strictObject({
      relation: z.string(),
      file: z.string(),
      rows: z.number().int(),
      bytes: z.number().int(),
    }),
  ),
  /** One a column of the feature pipeline, in its order: its value in SQL over the last relation, called `f`. */
  outputs: z.array(
    z.strictObject({ name: z.string(), sql: z.string(), carried: signatureColumnSchema.shape.type }),
  ),
})
export type TransformPlan = z.infer<typeof transformPlanSchema>

export const frozenStatisticSchema = z.strictObject({
  /** The SQL cell, by the relation it makes. */
  relation: z.string(),
  cell: z.string(),
  /** As it stands in the notebook. */
  expression: z.string(),
  /** As it stands in the SQL that travels. */
  sql: z.string(),
  /** As people read it. */
  value: z.string(),
  /** The training rows it was computed on. */
  rows: z.number().int(),
})
export type FrozenStatistic = z.infer<typeof frozenStatisticSchema>

/** The file `transforms/statistics.json`. */
export const statisticsSchema = z.strictObject({
  version: z.literal(1),
  statistics: z.array(frozenStatisticSchema),
})

/** What the catalog's record and the manifest say of a version's transforms. */
export const transformSummarySchema = z.strictObject({
  servingInput: z.string(),
  cells: z.array(z.strictObject({ relation: z.string(), cell: z.string(), file: z.string() })),
  lookups: transformPlanSchema.shape.lookups,
  statistics: z.array(frozenStatisticSchema),
})
export type TransformSummary = z.infer<typeof transformSummarySchema>

export const transformFiles = {
  plan: 'transforms/transforms.json',
  statistics: 'transforms/statistics.json',
} as const

/** Every file of a version's transforms. */
export function transformPaths(summary: TransformSummary): string[] {
  return [
    transformFiles.plan,
    transformFiles.statistics,
    ...summary.cells.map((cell) => cell.file),
    ...summary.lookups.map((lookup) => lookup.file),
  ]
}

/** DuckDB types whose values come as text and are read by a cast: `2026-01-31`. */
const readFromText = /^(DATE|TIME|TIMESTAMP(_S|_MS|_NS)?|UUID)$/
const numbers = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL(\(.*\))?)$/
const wholeNumbers = /INT(EGER)?$/

export function isWholeType(type: string): boolean {
  return wholeNumbers.test(type)
}

/** How a column of a relation can come in a request; null where it cannot. An ENUM comes as text and stays text. */
export function carriedAs(sourceType: string): { type: string; carried: TransformInput['carried'] } | null {
  if (sourceType === 'BOOLEAN') return { type: sourceType, carried: 'boolean' }
  if (numbers.test(sourceType)) return { type: sourceType, carried: 'numeric' }
  if (sourceType === 'VARCHAR' || sourceType.startsWith('ENUM(')) {
    return { type: 'VARCHAR', carried: 'categorical' }
  }
  return readFromText.test(sourceType) ? { type: sourceType, carried: 'categorical' } : null
}
