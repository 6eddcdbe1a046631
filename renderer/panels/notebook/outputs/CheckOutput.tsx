import type { Output } from '../../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../../shared/notebook/notebook.ts'
import { formatCounted } from '../../../ui/format.ts'
import { StaticGrid } from '../../../ui/StaticGrid.tsx'
import { StatusDot } from '../../../ui/StatusDot.tsx'

export function CheckOutput(props: {
  readonly cell: Cell
  readonly output: Extract<Output, { type: 'check' }>
}) {
  const { cell, output } = props
  if (output.passed) {
    return (
      <p className="sw-check">
        <StatusDot state="done" /> Passed: no row violates it.
      </p>
    )
  }
  return (
    <div>
      <p className="sw-check" role="alert">
        <StatusDot state="failed" /> {formatCounted(output.violations, 'row')}{' '}
        {output.violations === 1 ? 'violates' : 'violate'} it
        {output.violations > output.sample.length ? `; the first ${output.sample.length}:` : ':'}
      </p>
      <StaticGrid
        label={`Violations of ${cell.name || 'the check'}`}
        columns={output.columns}
        rows={output.sample}
      />
    </div>
  )
}
