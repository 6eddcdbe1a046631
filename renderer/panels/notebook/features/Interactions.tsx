import { ActionIcon, Select } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import type { Json } from '../train-form.ts'
import { interactionProblem, interactionsOf, type Pair, writeInteractions } from './interaction-settings.ts'

/** Pairs of columns whose inputs are multiplied, over the cell's `features.interactions`. */
export function Interactions(props: {
  readonly spec: Json
  readonly columns: readonly string[]
  readonly write: (spec: Json) => void
}) {
  const { spec, columns, write } = props
  const pairs = interactionsOf(spec)
  // A pair that is there twice is a mistake, but two rows to correct it in.
  const keys = pairs.map((pair, place) => {
    const before = pairs.slice(0, place).filter((one) => one.join() === pair.join()).length
    return `${pair.join('×')} ${before}`
  })
  const replace = (place: number, next: Pair | null) =>
    write(
      writeInteractions(
        spec,
        pairs.flatMap((pair, i) => (i === place ? (next ? [next] : []) : [pair])),
      ),
    )
  const pick = (place: number, side: 0 | 1) => {
    const value = pairs[place]?.[side] ?? ''
    return (
      <Select
        size="xs"
        searchable
        limit={50}
        aria-label={`${side === 0 ? 'First' : 'Second'} column of interaction ${place + 1}`}
        placeholder="column"
        // What the cell holds but the relation does not stays to be seen.
        data={value === '' || columns.includes(value) ? [...columns] : [value, ...columns]}
        value={value === '' ? null : value}
        allowDeselect={false}
        onChange={(chosen) => {
          const [left, right] = pairs[place] ?? ['', '']
          replace(place, side === 0 ? [chosen ?? '', right] : [left, chosen ?? ''])
        }}
      />
    )
  }
  return (
    <fieldset className="sw-search">
      <legend>Interactions</legend>
      {pairs.map((_, place) => {
        const problem = interactionProblem(pairs, place, columns)
        return (
          <div key={keys[place]} className="sw-interaction">
            {pick(place, 0)}
            <span className="sw-muted">×</span>
            {pick(place, 1)}
            <ActionIcon
              variant="subtle"
              size="sm"
              aria-label={`Remove interaction ${place + 1}`}
              onClick={() => replace(place, null)}
            >
              <X size={14} />
            </ActionIcon>
            {problem !== null && (
              <p className="sw-field-problem" role="alert">
                {problem}
              </p>
            )}
          </div>
        )
      })}
      <div className="sw-search-foot">
        <button
          type="button"
          className="sw-link sw-column-fold"
          disabled={columns.length < 2}
          onClick={() => write(writeInteractions(spec, [...pairs, ['', '']]))}
        >
          <Plus size={12} /> Add an interaction
        </button>
        {pairs.length === 0 && (
          <span className="sw-muted">products of two columns’ inputs, as inputs of their own</span>
        )}
      </div>
    </fieldset>
  )
}
