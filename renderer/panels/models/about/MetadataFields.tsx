import { ActionIcon, Button, Select, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { type CustomField, metadataCategories } from '../../../../shared/catalog/custom-metadata.ts'
import type { AboutDraft } from './about-draft.ts'

type FreeformTags = AboutDraft['freeform']

function replaced<T>(items: readonly T[], at: number, next: T): T[] {
  return items.map((item, index) => (index === at ? next : item))
}

function without<T>(items: readonly T[], at: number): T[] {
  return items.filter((_, index) => index !== at)
}

function Add(props: { readonly what: string; readonly onAdd: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      leftSection={<Plus size={12} />}
      onClick={props.onAdd}
    >
      {props.what}
    </Button>
  )
}

function Remove(props: { readonly what: string; readonly onRemove: () => void }) {
  return (
    <ActionIcon aria-label={`Remove ${props.what}`} onClick={props.onRemove}>
      <X size={13} />
    </ActionIcon>
  )
}

/** Pairs of key and value, OCI's freeform tags. */
export function FreeformFields(props: {
  readonly tags: FreeformTags
  readonly onChange: (tags: FreeformTags) => void
}) {
  const { tags, onChange } = props
  return (
    <fieldset className="sw-models-fields">
      <legend>Freeform tags</legend>
      {tags.map((tag, at) => (
        <div key={`tag-${String(at)}`} className="sw-models-field">
          <TextInput
            aria-label={`Key of freeform tag ${at + 1}`}
            placeholder="Key"
            value={tag.key}
            onChange={(event) => onChange(replaced(tags, at, { ...tag, key: event.currentTarget.value }))}
          />
          <TextInput
            aria-label={`Value of freeform tag ${at + 1}`}
            placeholder="Value"
            value={tag.value}
            onChange={(event) => onChange(replaced(tags, at, { ...tag, value: event.currentTarget.value }))}
          />
          <Remove what={`freeform tag ${at + 1}`} onRemove={() => onChange(without(tags, at))} />
        </div>
      ))}
      <Add what="Freeform tag" onAdd={() => onChange([...tags, { key: '', value: '' }])} />
    </fieldset>
  )
}

/** OCI's custom metadata: each field with its category and what it means. */
export function CustomFields(props: {
  readonly fields: readonly CustomField[]
  readonly onChange: (fields: readonly CustomField[]) => void
}) {
  const { fields, onChange } = props
  const change = (at: number, field: CustomField) => onChange(replaced(fields, at, field))
  return (
    <fieldset className="sw-models-fields">
      <legend>Custom metadata</legend>
      {fields.map((field, at) => (
        <div key={`field-${String(at)}`} className="sw-models-field" data-wide>
          <TextInput
            aria-label={`Key of custom metadata ${at + 1}`}
            placeholder="Key"
            value={field.key}
            onChange={(event) => change(at, { ...field, key: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Value of custom metadata ${at + 1}`}
            placeholder="Value"
            value={field.value}
            onChange={(event) => change(at, { ...field, value: event.currentTarget.value })}
          />
          <Select
            aria-label={`Category of custom metadata ${at + 1}`}
            allowDeselect={false}
            data={[...metadataCategories]}
            value={field.category}
            onChange={(category) => {
              if (category) change(at, { ...field, category })
            }}
          />
          <TextInput
            aria-label={`Description of custom metadata ${at + 1}`}
            placeholder="Description"
            value={field.description}
            onChange={(event) => change(at, { ...field, description: event.currentTarget.value })}
          />
          <Remove what={`custom metadata ${at + 1}`} onRemove={() => onChange(without(fields, at))} />
        </div>
      ))}
      <Add
        what="Custom metadata"
        onAdd={() => onChange([...fields, { key: '', value: '', description: '', category: 'Other' }])}
      />
    </fieldset>
  )
}
