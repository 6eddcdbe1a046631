import type { Label } from '../../shared/signature/signature.ts'

/** The DuckDB type of a column that holds these labels, or numbers where there are none. */
export function targetType(classes: readonly Label[] | null): string {
  if (classes === null) return 'DOUBLE'
  if (classes.every((label) => typeof label === 'boolean')) return 'BOOLEAN'
  return classes.every((label) => typeof label === 'number') ? 'BIGINT' : 'VARCHAR'
}
