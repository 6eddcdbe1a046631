import { describe, expect, it } from 'vitest'
import type { Relation } from '../../../shared/contract/data.ts'
import { completeSql, quoteName } from './sql-words.ts'

const relations: Relation[] = [
  {
    name: 'customers',
    kind: 'table',
    rows: 2,
    problem: '',
    columns: [
      { name: 'tenure', type: 'INTEGER' },
      { name: 'Monthly Charges', type: 'DOUBLE' },
    ],
  },
  {
    name: 'monitoring.windows',
    kind: 'view',
    rows: 0,
    problem: '',
    columns: [{ name: 'psi', type: 'DOUBLE' }],
  },
]

describe('completeSql', () => {
  it('offers the columns of the relations that the statement names, also when FROM comes first', () => {
    const columns = completeSql('from customers select ', 'from customers select ', relations)
      .filter((item) => item.kind === 'column')
      .map((item) => item.text)
    expect(columns).toEqual(['tenure', '"Monthly Charges"'])
  })

  it('offers only the columns behind an alias', () => {
    const whole = 'select w. from monitoring.windows as w'
    expect(completeSql('select w.', whole, relations).map((item) => item.label)).toEqual(['psi'])
  })

  it('offers relations of every schema, and keywords', () => {
    const labels = completeSql('', '', relations).map((item) => item.label)
    expect(labels).toContain('monitoring.windows')
    expect(labels).toContain('select')
  })
})

describe('quoteName', () => {
  it('quotes where DuckDB needs it', () => {
    expect(quoteName('tenure')).toBe('tenure')
    expect(quoteName('say "hi"')).toBe('"say ""hi"""')
  })
})
