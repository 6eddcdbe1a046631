import { Button, TagsInput, Textarea, TextInput } from '@mantine/core'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { ModelDetail } from '../../../shared/contract/models.ts'
import { Chip } from '../../ui/Chip.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { KeyValue } from '../../ui/KeyValue.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useEditVersion } from './use-edit-version.ts'

/** What people call the version and find it by; the model itself stays as it is. */
export function TagsPanel(props: { readonly detail: ModelDetail }) {
  const { detail } = props
  const { oci } = detail
  const [draft, setDraft] = useState<{ name: string; description: string; tags: string[] } | null>(null)
  const edit = useEditVersion(() => setDraft(null))
  if (draft === null) {
    return (
      <Panel
        title="About"
        actions={
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<Pencil size={12} />}
            onClick={() =>
              setDraft({ name: oci.displayName, description: oci.description, tags: [...detail.tags] })
            }
          >
            Edit
          </Button>
        }
      >
        <KeyValue
          items={[
            ['Name', oci.displayName],
            ['Description', oci.description === '' ? '–' : oci.description],
            [
              'Tags',
              detail.tags.length === 0 ? (
                '–'
              ) : (
                <span className="sw-models-row" key="tags">
                  {detail.tags.map((tag) => (
                    <Chip key={tag}>{tag}</Chip>
                  ))}
                </span>
              ),
            ],
            ['Use case', oci.taxonomy.UseCaseType.replaceAll('_', ' ')],
            [
              'Algorithm',
              `${oci.taxonomy.Algorithm}, ${oci.taxonomy.Framework} ${oci.taxonomy.FrameworkVersion}`,
            ],
            ['Author', detail.record.author],
          ]}
        />
      </Panel>
    )
  }
  const save = () =>
    edit.mutate({
      name: detail.record.name,
      version: detail.record.version,
      changes: {
        displayName: draft.name,
        description: draft.description,
        addTags: draft.tags.filter((tag) => !detail.tags.includes(tag)),
        removeTags: detail.tags.filter((tag) => !draft.tags.includes(tag)),
      },
    })
  return (
    <Panel
      title="About"
      actions={
        <>
          <Button variant="default" size="compact-xs" onClick={() => setDraft(null)}>
            Discard
          </Button>
          <Button size="compact-xs" loading={edit.isPending} onClick={save}>
            Save
          </Button>
        </>
      }
    >
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
          value={draft.tags}
          onChange={(tags) => setDraft({ ...draft, tags })}
        />
        {edit.isError && <ErrorNote error={edit.error} />}
      </div>
    </Panel>
  )
}
