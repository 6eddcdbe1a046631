import type { Output } from '../../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../../shared/notebook/notebook.ts'
import { formatCount } from '../../../ui/format.ts'
import { PlotlyChart } from '../../../ui/PlotlyChart.tsx'
import { StaticGrid } from '../../../ui/StaticGrid.tsx'
import { CellError } from './CellError.tsx'
import { CheckOutput } from './CheckOutput.tsx'
import { ModelOutput } from './ModelOutput.tsx'
import { RelationOutput } from './RelationOutput.tsx'
import { TextOutput } from './TextOutput.tsx'
import { TrainingOutput } from './TrainingOutput.tsx'

/** One output by its type. */
export function OutputView({ cell, output }: { readonly cell: Cell; readonly output: Output }) {
  switch (output.type) {
    case 'relation':
      return <RelationOutput cell={cell} output={output} />
    case 'text':
      return <TextOutput output={output} />
    case 'table':
      return (
        <>
          <StaticGrid
            label={`Table of ${cell.name || 'the cell'}`}
            columns={output.columns.map((name) => ({ name, type: '' }))}
            rows={output.rows}
          />
          {output.total > output.rows.length && (
            <p className="sw-muted">
              The first {formatCount(output.rows.length)} of {formatCount(output.total)} rows. Save them as a
              relation to see all.
            </p>
          )}
        </>
      )
    case 'html':
      return (
        // No permissions at all: the frame can neither run scripts nor reach the window.
        <iframe
          className="sw-html"
          title={`HTML output of ${cell.name || 'the cell'}`}
          sandbox=""
          srcDoc={output.html}
        />
      )
    case 'chart':
      return (
        <div>
          <PlotlyChart
            data={output.figure.data}
            layout={output.figure.layout}
            height={360}
            modeBar
            label={`Chart ${cell.name}`.trim()}
          />
          {output.note && <p className="sw-muted">{output.note}</p>}
        </div>
      )
    case 'training':
      return <TrainingOutput output={output} />
    case 'model':
      return <ModelOutput output={output} />
    case 'check':
      return <CheckOutput cell={cell} output={output} />
    case 'error':
      return <CellError cell={cell} output={output} />
    default:
      return output satisfies never
  }
}
