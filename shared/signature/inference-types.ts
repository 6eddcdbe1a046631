import type { SignatureColumn } from './signature.ts'

/** The Open Inference Protocol's datatypes that JSON can carry. */
export const inferenceDatatypes = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
] as const
export type InferenceDatatype = (typeof inferenceDatatypes)[number]

/** The Open Inference Protocol's datatype of each type of column; a timestamp travels as ISO 8601 text. */
export const inferenceTypes: Record<SignatureColumn['type'], 'FP64' | 'BYTES' | 'BOOL'> = {
  numeric: 'FP64',
  categorical: 'BYTES',
  boolean: 'BOOL',
  timestamp: 'BYTES',
  text: 'BYTES',
}
