import type { SignatureColumn } from './signature.ts'

/** The Open Inference Protocol's datatype of each type of column; a timestamp travels as ISO 8601 text. */
export const inferenceTypes: Record<SignatureColumn['type'], 'FP64' | 'BYTES' | 'BOOL'> = {
  numeric: 'FP64',
  categorical: 'BYTES',
  boolean: 'BOOL',
  timestamp: 'BYTES',
  text: 'BYTES',
}
