import type { FieldError } from '../../shared/signature/decode-rows.ts'
import { Refusal } from '../http/refusal.ts'

/** The refusal of rows whose values do not fit the signature. */
export function unfit(fields: readonly FieldError[]): Refusal {
  const count = fields.length
  const message = `${count === 1 ? 'One value does' : `${count} values do`} not fit the signature.`
  return new Refusal(400, 'invalid_rows', message, fields)
}
