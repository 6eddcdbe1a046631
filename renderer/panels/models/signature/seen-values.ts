import type { SignatureColumn } from '../../../../shared/signature/signature.ts'
import { formatNumber } from '../../../ui/format.ts'

/** A column's values in the training data, in one line; what an imported model never saw has no limits to name. */
export function seenValues(column: SignatureColumn): string {
  switch (column.type) {
    case 'boolean':
      return 'true, false'
    case 'text':
      return 'any text'
    case 'numeric':
      return column.min === undefined || column.max === undefined
        ? 'any number'
        : `${formatNumber(column.min)} to ${formatNumber(column.max)}`
    case 'timestamp': {
      const day = (at: number) => new Date(at).toISOString().slice(0, 10)
      return column.min === undefined || column.max === undefined
        ? 'any time'
        : `${day(column.min)} to ${day(column.max)}`
    }
    case 'categorical':
      return (column.values ?? []).join(', ')
  }
}
