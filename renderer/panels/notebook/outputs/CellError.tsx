import type { Output } from '../../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../../shared/notebook/notebook.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { useSession } from '../NotebookContext.ts'
import { runIn } from '../run-in.ts'
import { parseTrain, printTrain, writePath } from '../train-form.ts'

/** An error of a cell; where the way out is one key of a train cell, a button takes it. */
export function CellError(props: {
  readonly cell: Cell
  readonly output: Extract<Output, { type: 'error' }>
}) {
  const { cell, output } = props
  const session = useSession()
  const spec = cell.kind === 'train' && output.path === 'freeze' ? parseTrain(cell.source) : null
  if (!spec?.ok || !output.whatToDo.startsWith('Freeze it')) return <ErrorNote content={output} />
  const freeze = () => {
    session.edit([
      { type: 'update', id: cell.id, source: printTrain(writePath(spec.value, ['freeze'], true)) },
    ])
    runIn(session, { type: 'cell', id: cell.id })
  }
  return <ErrorNote content={output} action={{ label: 'Freeze and train', onClick: freeze }} />
}
