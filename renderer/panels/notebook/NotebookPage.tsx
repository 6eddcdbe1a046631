import { Button } from '@mantine/core'
import { useMemo, useRef } from 'react'
import { failureOf } from '../../client.ts'
import { type Command, useCommands } from '../../shell/commands.ts'
import { noticeFailure } from '../../shell/notice.ts'
import type { TabProps } from '../../shell/open-tab.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { AddCell } from './AddCell.tsx'
import { CellView } from './CellView.tsx'
import { NotebookContext, useNotebook, useSession } from './NotebookContext.ts'
import { NotebookToolbar } from './NotebookToolbar.tsx'
import { notebookKeys } from './notebook-keys.ts'
import { runIn } from './run-in.ts'
import { useCellFocus } from './use-cell-focus.ts'
import { useNotebookSession } from './use-notebook-session.ts'
import { useWish } from './use-wish.ts'

/** A notebook: its cells in order, each with what it made. */
export function NotebookPage({ id, state, visible }: TabProps) {
  const { session, failed } = useNotebookSession(id)
  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: 'run-all',
        title: 'Run all cells',
        group: 'Notebook',
        keys: 'mod+alt+Enter',
        run: () => runIn(session, { type: 'all' }),
      },
      {
        id: 'run-stale',
        title: 'Run stale cells',
        group: 'Notebook',
        keys: 'mod+shift+Enter',
        run: () => runIn(session, { type: 'stale' }),
      },
      {
        id: 'interrupt',
        title: 'Interrupt',
        group: 'Notebook',
        run: () => session.interrupt().catch((error) => noticeFailure('Interrupting', error)),
      },
      {
        id: 'clear-outputs',
        title: 'Clear all outputs',
        group: 'Notebook',
        run: () => session.clearOutputs().catch((error) => noticeFailure('Clearing outputs', error)),
      },
      {
        id: 'save',
        title: 'Save now',
        group: 'Notebook',
        keys: 'mod+S',
        run: () => session.flush().catch((error) => noticeFailure('Saving', error)),
      },
    ],
    [session],
  )
  useWish(session, state)
  useCommands(commands, visible)
  return (
    <NotebookContext value={session}>
      <Cells failed={failed} />
    </NotebookContext>
  )
}

function Problem() {
  const session = useSession()
  const problem = useNotebook((state) => state.problem)
  if (problem === undefined) return null
  const conflict = failureOf(problem).code === 'conflict'
  return (
    <div className="sw-notebook-problem">
      <ErrorNote
        {...(conflict
          ? {
              content: {
                message: `${session.path} was changed elsewhere since you read it, so your last edits were not saved.`,
                whatToDo: 'Copy what you want to keep, then read it again.',
              },
            }
          : { error: problem })}
        action={
          conflict
            ? {
                label: 'Read it again',
                onClick: () =>
                  session.reload().catch((error) => noticeFailure('Reading the notebook', error)),
              }
            : { label: 'Save again', onClick: () => session.flush().catch(() => {}) }
        }
      />
    </div>
  )
}

function Cells({ failed }: { readonly failed: unknown }) {
  const session = useSession()
  const loaded = useNotebook((state) => state.loaded)
  const cells = useNotebook((state) => state.cells)
  const root = useRef<HTMLDivElement>(null)
  const keys = useMemo(() => notebookKeys(session, (what) => runIn(session, what)), [session])

  useCellFocus(session, root)

  return (
    <div className="sw-notebook" ref={root}>
      <h1 className="sw-visually-hidden">{session.path}</h1>
      <NotebookToolbar />
      <Problem />
      {failed !== undefined && !loaded && (
        <div className="sw-notebook-problem">
          <ErrorNote error={failed} />
        </div>
      )}
      <section className="sw-cells" aria-label={`Cells of ${session.path}`} onKeyDown={keys}>
        {cells.map((cell, index) => (
          <CellView key={cell.id} cell={cell} index={index} count={cells.length} />
        ))}
        {loaded && cells.length === 0 && (
          <div className="sw-empty">
            <p>An empty notebook. Begin with a SQL cell, or any other below.</p>
            <Button variant="light" onClick={() => session.insert(0, 'sql')}>
              Add a SQL cell
            </Button>
          </div>
        )}
        {loaded && <AddCell index={cells.length} always />}
      </section>
    </div>
  )
}
