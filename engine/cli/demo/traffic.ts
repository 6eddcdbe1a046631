import type { Database } from '../../data/database.ts'

export type DemoRow = Record<string, string | number | boolean | null>

export interface DemoCustomer {
  row: DemoRow
  /** What happened to the customer: fed back after the prediction. */
  actual: string | number | boolean | null
}

function cell(value: unknown): string | number | boolean | null {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}

/** `count` customers of the relation `features`, the same ones at every run. */
export async function demoCustomers(database: Database, count: number): Promise<DemoCustomer[]> {
  const session = await database.session()
  try {
    const rows = await session.rows(
      `select * from features order by hash(tenure, monthly_charges, total_charges, payment_method, contract) limit ${count}`,
    )
    return rows.map((columns) => {
      const { churn, ...inputs } = columns
      const row = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, cell(value)]))
      return { row, actual: cell(churn) }
    })
  } finally {
    session.close()
  }
}

/**
 * The same customers after an imagined spring: a price rise, and many new ones on monthly contracts.
 * Four columns move, the others stay, so that monitoring has something to tell apart.
 */
export function drifted({ row, actual }: DemoCustomer): DemoCustomer {
  const tenure = Math.ceil(Number(row.tenure) / 4)
  const monthly = Math.round((Number(row.monthly_charges) * 1.2 + 8) * 100) / 100
  return {
    actual,
    row: {
      ...row,
      tenure,
      monthly_charges: monthly,
      total_charges: row.total_charges === null ? null : Math.round(tenure * monthly * 100) / 100,
      contract: tenure % 3 === 0 ? (row.contract ?? null) : 'Month-to-month',
    },
  }
}
