import { z } from 'zod'

/** The categories of OCI's custom metadata. */
export const metadataCategories = [
  'Performance',
  'Training Profile',
  'Training and Validation Datasets',
  'Training Environment',
  'Other',
] as const

export const customFieldSchema = z.strictObject({
  key: z.string().trim().min(1, 'needs a name').max(128, 'is longer than 128 characters'),
  value: z.string().max(4096, 'is longer than 4,096 characters'),
  description: z.string().max(1024, 'is longer than 1,024 characters'),
  category: z.enum(metadataCategories),
})
export type CustomField = z.infer<typeof customFieldSchema>
