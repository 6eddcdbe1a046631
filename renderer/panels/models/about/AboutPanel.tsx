import { Button } from '@mantine/core'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { Chip } from '../../../ui/Chip.tsx'
import { KeyValue } from '../../../ui/KeyValue.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { AboutForm } from './AboutForm.tsx'

/** What people call the version and find it by, under OCI's names; the model itself stays as it is. */
export function AboutPanel(props: { readonly detail: ModelDetail }) {
  const { detail } = props
  const { oci } = detail
  const [editing, setEditing] = useState(false)
  if (editing) return <AboutForm detail={detail} onDone={() => setEditing(false)} />
  const freeform = Object.entries(oci.freeformTags)
  return (
    <Panel
      title="About"
      actions={
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<Pencil size={12} />}
          onClick={() => setEditing(true)}
        >
          Edit
        </Button>
      }
    >
      <KeyValue
        items={[
          ['Name', oci.displayName],
          ['Description', oci.description === '' ? '–' : oci.description],
          ['Tags', <Chips key="tags" texts={detail.tags} />],
          ['Use case', oci.taxonomy.UseCaseType.replaceAll('_', ' ')],
          [
            'Algorithm',
            `${oci.taxonomy.Algorithm}, ${oci.taxonomy.Framework} ${oci.taxonomy.FrameworkVersion}`,
          ],
          ['Author', detail.record.author],
          ...(freeform.length === 0
            ? []
            : [
                [
                  'Freeform tags',
                  <Chips key="freeform" texts={freeform.map(([key, value]) => `${key}: ${value}`)} />,
                ] as const,
              ]),
        ]}
      />
      {detail.customMetadata.length > 0 && (
        <table className="sw-table sw-models-table sw-models-custom">
          <thead>
            <tr>
              <th>Custom metadata</th>
              <th>Value</th>
              <th>Category</th>
              <th>Description</th>
            </tr>
          </thead>
          <tbody>
            {detail.customMetadata.map(({ key, value, category, description }) => (
              <tr key={key}>
                <td>{key}</td>
                <td>{value}</td>
                <td>{category}</td>
                <td>{description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function Chips(props: { readonly texts: readonly string[] }) {
  if (props.texts.length === 0) return '–'
  return (
    <span className="sw-models-row">
      {props.texts.map((text) => (
        <Chip key={text}>{text}</Chip>
      ))}
    </span>
  )
}
