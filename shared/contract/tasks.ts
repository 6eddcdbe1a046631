import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { nothing, procedure } from './base.ts'

/** Something that runs, as the status bar shows it. */
export const taskSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** 0 to 1; null when unknown. */
  fraction: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  stoppable: z.boolean(),
})
export type Task = z.infer<typeof taskSchema>

export const systemSchema = z.strictObject({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  memoryBytes: z.number(),
  /** `electron` has native dialogs and menus; `browser` has not. */
  shell: z.enum(['electron', 'browser']),
})
export type System = z.infer<typeof systemSchema>

export const tasksContract = {
  /** Everything that runs, at once and after every change. */
  watch: procedure.input(nothing).output(eventIterator(z.array(taskSchema))),
  stop: procedure.input(z.strictObject({ id: z.string() })).output(nothing),
  system: procedure.input(nothing).output(systemSchema),
}
