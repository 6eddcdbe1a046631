import { Button, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { Output } from '../../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../../shared/notebook/notebook.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { rowHeight } from '../../../ui/grid-window.ts'
import { RelationGrid } from '../../../ui/RelationGrid.tsx'
import { useSession } from '../NotebookContext.ts'
import { chartSourceFor } from './chart-source.ts'
import { RelationProfile } from './RelationProfile.tsx'

const headerHeight = 66

/** A relation as rows or as a profile of its columns; a chart of it is a cell of its own. */
export function RelationOutput(props: {
  readonly cell: Cell
  readonly output: Extract<Output, { type: 'relation' }>
}) {
  const { cell, output } = props
  const session = useSession()
  const [view, setView] = useState('table')
  const height = Math.min(320, headerHeight + output.rows * rowHeight + 16)
  const addChart = () => {
    const at = session.store.getState().cells.findIndex((other) => other.id === cell.id)
    session.insert(at + 1, 'chart', chartSourceFor(output.relation, output.columns))
  }
  return (
    <div>
      <div className="sw-output-bar">
        <SegmentedControl
          aria-label="Show the relation as"
          size="xs"
          data={[
            { value: 'table', label: 'Table' },
            { value: 'profile', label: 'Profile' },
          ]}
          value={view}
          onChange={setView}
        />
        <Button size="compact-xs" variant="subtle" color="gray" onClick={addChart}>
          Chart
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          onClick={() => openTab({ kind: 'relation', id: output.relation, title: output.relation })}
        >
          Open in a tab
        </Button>
      </div>
      {view === 'table' ? (
        <div className="sw-resizable" style={{ height }}>
          <RelationGrid relation={output.relation} profile />
        </div>
      ) : (
        <RelationProfile relation={output.relation} columns={output.columns} rows={output.rows} />
      )}
    </div>
  )
}
