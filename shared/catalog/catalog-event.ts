import { z } from 'zod'
import { gateTextSchema } from '../bundle/metric-gate.ts'
import { customFieldSchema } from './custom-metadata.ts'
import { besideRoleSchema } from './deployed-role.ts'
import { introspectionTestSchema } from './introspection.ts'
import { useCaseTypes } from './use-case-types.ts'

export const tagSchema = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} _.:/-]{0,63}$/u,
    'a tag is 1 to 64 letters, digits, spaces or _.:/- and begins with a letter or digit',
  )

/** An edit of what may change about a version. What is left out stays as it is. */
export const metadataChangesSchema = z.strictObject({
  displayName: z.string().max(255, 'is longer than 255 characters').optional(),
  description: z.string().max(8192, 'is longer than 8,192 characters').optional(),
  /** Null goes back to what follows from the task. */
  useCaseType: z.enum(useCaseTypes).nullable().optional(),
  /** Markdown; null goes back to the card that training wrote. */
  card: z.string().max(1_000_000, 'is longer than 1,000,000 characters').nullable().optional(),
  addTags: z.array(tagSchema).optional(),
  removeTags: z.array(z.string()).optional(),
  setFreeform: z.record(z.string().min(1).max(100), z.string().max(256)).optional(),
  removeFreeform: z.array(z.string()).optional(),
  setCustom: z.array(customFieldSchema).optional(),
  removeCustom: z.array(z.string()).optional(),
})
export type MetadataChanges = z.infer<typeof metadataChangesSchema>

const version = z.number().int().min(1)

/** What can happen to a model after its versions were registered. */
export const eventBodySchema = z.discriminatedUnion('type', [
  /** `version` null removes the alias; `from` is where it pointed before. */
  z.strictObject({
    type: z.literal('alias'),
    alias: z.string(),
    version: version.nullable(),
    from: version.nullable(),
  }),
  z.strictObject({ type: z.literal('metadata'), version, changes: metadataChangesSchema }),
  z.strictObject({ type: z.literal('tested'), version, tests: z.array(introspectionTestSchema) }),
  z.strictObject({ type: z.literal('packaged'), version, path: z.string(), target: z.string() }),
  z.strictObject({
    type: z.literal('deployed'),
    version,
    deployment: z.string(),
    workspace: z.string(),
    /** Absent where it answers. */
    role: besideRoleSchema.optional(),
    bundle: z.string(),
    endpoint: z.string(),
  }),
  z.strictObject({
    type: z.literal('undeployed'),
    version,
    deployment: z.string(),
    workspace: z.string(),
    role: besideRoleSchema.optional(),
  }),
  z.strictObject({ type: z.literal('deleted'), version }),
  /** What every later version has to keep to be packaged; the whole list each time. */
  z.strictObject({ type: z.literal('gates'), gates: z.array(gateTextSchema) }),
])
export type EventBody = z.infer<typeof eventBodySchema>

/** One entry of a model's history, the file `log/<sequence>/event.json`; never changed once written. */
export const catalogEventSchema = z.strictObject({
  format: z.literal(1),
  sequence: z.number().int().min(1),
  at: z.string(),
  /** Who: `user@host`. */
  by: z.string(),
  /** Why, in the words of who did it; may be empty. */
  why: z.string(),
  event: eventBodySchema,
})
export type CatalogEvent = z.infer<typeof catalogEventSchema>
