import { ActionIcon } from '@mantine/core'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { Output } from '../../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../../shared/notebook/notebook.ts'
import { withKeys } from '../../../ui/with-keys.ts'
import { OutputView } from './OutputView.tsx'

/** Everything a cell made, under its code; can be folded. */
export function Outputs(props: {
  readonly cell: Cell
  readonly outputs: readonly Output[]
  readonly stale: boolean
}) {
  const [open, setOpen] = useState(true)
  const label = open ? 'Fold the output' : 'Show the output'
  return (
    <div className="sw-outputs" data-stale={props.stale || undefined}>
      <ActionIcon
        size="xs"
        className="sw-outputs-fold"
        aria-label={label}
        title={label}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {open ? <ChevronDown size={12} /> : <ChevronRight size={12} />}
      </ActionIcon>
      <div className="sw-outputs-list">
        {open ? (
          withKeys(props.outputs).map(({ key, part }) => (
            <OutputView key={`${key}:${part.type}`} cell={props.cell} output={part} />
          ))
        ) : (
          <span className="sw-muted">Output folded</span>
        )}
      </div>
    </div>
  )
}
