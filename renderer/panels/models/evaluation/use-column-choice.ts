import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { api } from '../../../client.ts'
import { orderColumns } from './order-columns.ts'

/** A column to look at: the one chosen, at first the most important. */
export interface ColumnChoice {
  /** The most important first. */
  readonly columns: readonly string[]
  /** Null until it is known which is the most important. */
  readonly column: string | null
  readonly choose: (column: string) => void
}

export function useColumnChoice(version: VersionRef, columns: readonly string[]): ColumnChoice {
  const importance = useQuery(api.evaluation.importance.queryOptions({ input: version }))
  const [chosen, setChosen] = useState<string | null>(null)
  const ordered = useMemo(
    () => orderColumns(columns, importance.data?.permutation ?? []),
    [columns, importance.data],
  )
  // Where importance cannot be told, which its own panel says, columns stay in their order.
  const first = importance.isPending ? null : (ordered[0] ?? null)
  return { columns: ordered, column: chosen ?? first, choose: setChosen }
}
