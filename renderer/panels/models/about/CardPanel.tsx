import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { Chip } from '../../../ui/Chip.tsx'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { Markdown } from '../../../ui/Markdown.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useEditVersion } from './use-edit-version.ts'

/** The card as training wrote it, until somebody writes it over. */
export function CardPanel(props: { readonly detail: ModelDetail }) {
  const { detail } = props
  const [draft, setDraft] = useState<string | null>(null)
  const [view, setView] = useState('write')
  const edit = useEditVersion(() => setDraft(null))
  const save = (card: string | null) =>
    edit.mutate({ name: detail.record.name, version: detail.record.version, changes: { card } })
  if (draft === null) {
    return (
      <Panel
        title="Card"
        actions={
          <>
            {detail.cardEdited && (
              <Chip title="Written over after training; the history says by whom">edited</Chip>
            )}
            {detail.cardEdited && (
              <Button variant="default" size="compact-xs" loading={edit.isPending} onClick={() => save(null)}>
                Back to the generated one
              </Button>
            )}
            <Button
              variant="default"
              size="compact-xs"
              leftSection={<Pencil size={12} />}
              onClick={() => setDraft(detail.card)}
            >
              Edit
            </Button>
          </>
        }
      >
        {edit.isError && <ErrorNote error={edit.error} />}
        <div className="sw-models-card">
          <Markdown source={detail.card} />
        </div>
      </Panel>
    )
  }
  return (
    <Panel
      title="Card"
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Card view"
            data={[
              { value: 'write', label: 'Write' },
              { value: 'preview', label: 'Preview' },
            ]}
            value={view}
            onChange={setView}
          />
          <Button variant="default" size="compact-xs" onClick={() => setDraft(null)}>
            Discard
          </Button>
          <Button size="compact-xs" loading={edit.isPending} onClick={() => save(draft)}>
            Save
          </Button>
        </>
      }
    >
      {edit.isError && <ErrorNote error={edit.error} />}
      {view === 'write' ? (
        <Textarea
          aria-label="Card in Markdown"
          className="sw-models-card-text"
          autosize
          minRows={12}
          maxRows={40}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
      ) : (
        <div className="sw-models-card">
          <Markdown source={draft} />
        </div>
      )}
    </Panel>
  )
}
