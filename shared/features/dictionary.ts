import type { Encoder } from './pipeline.ts'

/** The categories that the codes of a column stand for; null for a column whose batch holds numbers. */
export function dictionaryOf(encoder: Encoder): readonly string[] | null {
  return 'categories' in encoder ? encoder.categories : null
}
