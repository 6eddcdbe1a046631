import type { Encoder } from './pipeline.ts'

/** The categories that the codes of a column stand for, from 0; null for a column whose batch holds no codes. */
export function dictionaryOf(encoder: Encoder): readonly string[] | null {
  if (!('categories' in encoder)) return null
  if (encoder.kind !== 'onehot' || encoder.rare === undefined) return encoder.categories
  return [...encoder.categories, ...encoder.rare]
}
