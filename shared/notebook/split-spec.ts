import { z } from 'zod'

export const splitMethods = ['random', 'stratified', 'time', 'group'] as const
export type SplitMethod = (typeof splitMethods)[number]

const takesColumn: Record<SplitMethod, boolean> = {
  random: false,
  stratified: false,
  time: true,
  group: true,
}

/** Default method: `stratified` for classes, `random` for a number. */
export const splitSchema = z
  .strictObject({
    method: z.enum(splitMethods).optional(),
    /** Of `time`: what the rows are ordered by. Of `group`: rows with the same value stay together. */
    column: z.string().min(1).optional(),
    /** Fraction of the rows held out for the metrics; with `time` the last of them. */
    test: z.number().gt(0).lt(1).default(0.25),
    /** Fraction of the remaining rows used for early stopping and live validation loss. */
    validation: z.number().min(0).lt(1).default(0.1),
    seed: z.number().int().min(0).max(4_294_967_295).default(7),
  })
  .superRefine(({ method, column }, context) => {
    const needs = method !== undefined && takesColumn[method]
    if (needs && column === undefined) {
      const what = method === 'time' ? 'the rows are ordered by' : 'keeps rows together'
      context.addIssue({
        code: 'custom',
        path: ['column'],
        message: `the method "${method}" needs the column that ${what}`,
        params: { whatToDo: 'Add "column" with its name.' },
      })
    }
    if (!needs && column !== undefined) {
      const found = method === undefined ? 'no method' : `the method "${method}"`
      context.addIssue({
        code: 'custom',
        path: ['column'],
        message: `goes with the method "time" or "group", found ${found}`,
        params: { whatToDo: 'Leave "column" out, or set "method".' },
      })
    }
  })
export type SplitSpec = z.infer<typeof splitSchema>

/** A split whose method is decided; `column` is null where the method takes none. */
export interface Split {
  method: SplitMethod
  column: string | null
  test: number
  validation: number
  seed: number
}
