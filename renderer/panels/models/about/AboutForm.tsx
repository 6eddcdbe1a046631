import { Button, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCaseTypes } from '../../../../shared/catalog/use-case-types.ts'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { aboutChanges, aboutDraft, draftProblem } from './about-draft.ts'
import { CustomFields, FreeformFields } from './MetadataFields.tsx'
import { useEditVersion } from './use-edit-version.ts'

const useCases = useCaseTypes.map((value) => ({ value, label: value.replaceAll('_', ' ') }))

/** All that may be said about a version, saved as one entry of its history. */
export function AboutForm(props: { readonly detail: ModelDetail; readonly onDone: () => void }) {
  const { detail, onDone } = props
  const [draft, setDraft] = useState(() => aboutDraft(detail))
  const [why, setWhy] = useState('')
  const edit = useEditVersion(onDone)
  const problem = draftProblem(draft)
  const save = () => {
    const changes = aboutChanges(detail, draft)
    if (Object.keys(changes).length === 0) return onDone()
    edit.mutate({ name: detail.record.name, version: detail.record.version, changes, why })
  }
  return (
    <Panel title="About">
      <div className="sw-models-about">
        <TextInput
          label="Name"
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          value={draft.description}
          onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
        />
        <TagsInput
          label="Tags"
          description="Enter ends a tag"
          value={[...draft.tags]}
          onChange={(tags) => setDraft({ ...draft, tags })}
        />
        <Select
          label="Use case"
          searchable
          allowDeselect={false}
          data={useCases}
          value={draft.useCase}
          onChange={(useCase) => {
            if (useCase) setDraft({ ...draft, useCase })
          }}
        />
        <FreeformFields tags={draft.freeform} onChange={(freeform) => setDraft({ ...draft, freeform })} />
        <CustomFields fields={draft.custom} onChange={(custom) => setDraft({ ...draft, custom })} />
        <TextInput
          label="Why"
          description="Kept in the history."
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        {problem !== null && <p className="sw-models-problem">{problem}</p>}
        {edit.isError && <ErrorNote error={edit.error} />}
        <div className="sw-models-row">
          <Button disabled={problem !== null} loading={edit.isPending} onClick={save}>
            Save
          </Button>
          <Button variant="default" onClick={onDone}>
            Discard
          </Button>
        </div>
      </div>
    </Panel>
  )
}
