import type { Encoder } from './pipeline.ts'

/** What a column holds before it is encoded, and so what its batch column looks like. */
export type Reading = 'numeric' | 'boolean' | 'categorical' | 'timestamp' | 'text'

const readings: Record<Encoder['kind'], Reading> = {
  numeric: 'numeric',
  bins: 'numeric',
  boolean: 'boolean',
  onehot: 'categorical',
  ordinal: 'categorical',
  codes: 'categorical',
  hashing: 'categorical',
  frequency: 'categorical',
  target: 'categorical',
  timestamp: 'timestamp',
  text: 'text',
}

export function readingOf(encoder: Encoder): Reading {
  return readings[encoder.kind]
}
