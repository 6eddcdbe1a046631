import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { FastForward, Play, Redo2, Square, Undo2 } from 'lucide-react'
import { describeKeys } from '../../shell/commands.ts'
import { noticeFailure } from '../../shell/notice.ts'
import { formatCount } from '../../ui/format.ts'
import { useNotebook, useSession } from './NotebookContext.ts'
import { staleCount } from './notebook-state.ts'
import { runIn } from './run-in.ts'

const savingText = { saved: 'Saved', unsaved: 'Not saved yet', saving: 'Saving' } as const

export function NotebookToolbar() {
  const session = useSession()
  const running = useNotebook((state) => state.running)
  const stale = useNotebook(staleCount)
  const saving = useNotebook((state) => state.saving)
  const canUndo = useNotebook((state) => state.log.past.length > 0)
  const canRedo = useNotebook((state) => state.log.future.length > 0)
  return (
    <div className="sw-toolbar sw-notebook-toolbar" role="toolbar" aria-label="Notebook">
      <Tooltip label={describeKeys('mod+alt+Enter')}>
        <Button
          variant="default"
          leftSection={<Play size={13} />}
          onClick={() => runIn(session, { type: 'all' })}
        >
          Run all
        </Button>
      </Tooltip>
      <Tooltip label={`${describeKeys('mod+shift+Enter')} runs what changed, and what depends on it`}>
        <Button
          variant="default"
          leftSection={<FastForward size={13} />}
          onClick={() => runIn(session, { type: 'stale' })}
        >
          Run stale{stale > 0 ? ` (${formatCount(stale)})` : ''}
        </Button>
      </Tooltip>
      <Button
        variant="default"
        leftSection={<Square size={11} />}
        disabled={!running}
        onClick={() => session.interrupt().catch((error) => noticeFailure('Interrupting', error))}
      >
        Interrupt
      </Button>
      <span className="sw-toolbar-gap" />
      <Tooltip label="Undo (z)">
        <ActionIcon aria-label="Undo" disabled={!canUndo} onClick={() => session.undo()}>
          <Undo2 size={15} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (Shift+Z)">
        <ActionIcon aria-label="Redo" disabled={!canRedo} onClick={() => session.redo()}>
          <Redo2 size={15} />
        </ActionIcon>
      </Tooltip>
      <span className="sw-muted sw-notebook-saving" role="status">
        {savingText[saving]}
      </span>
    </div>
  )
}
