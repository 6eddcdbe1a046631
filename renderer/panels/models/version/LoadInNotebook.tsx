import { Button, Modal, SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { api } from '../../../client.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { versionReference } from '../version-id.ts'
import { type LoadKind, loadSnippet } from './load-snippet.ts'

/** Adds a cell that scores a relation with the version at the end of a notebook, and shows it there. */
export function LoadInNotebook(props: {
  readonly detail: ModelDetail
  readonly opened: boolean
  readonly onClose: () => void
}) {
  const { detail, opened, onClose } = props
  return (
    <Modal opened={opened} onClose={onClose} title="Load in notebook">
      {opened && <Form detail={detail} onClose={onClose} />}
    </Modal>
  )
}

function Form(props: { readonly detail: ModelDetail; readonly onClose: () => void }) {
  const { record, aliases } = props.detail
  const { provenance } = record
  const files = useQuery(api.workspace.files.queryOptions())
  const relations = useQuery(api.data.relations.queryOptions())
  const [kind, setKind] = useState<LoadKind>('sql')
  const references = [...aliases.map((alias) => `${record.name}@${alias}`), versionReference(record)]
  const [reference, setReference] = useState(references[0] ?? versionReference(record))
  const [chosenRelation, setRelation] = useState<string | null>(null)
  const [chosenNotebook, setNotebook] = useState<string | null>(null)

  const names = (relations.data ?? []).map(({ name }) => name)
  const notebooks = (files.data ?? []).filter((file) => file.kind === 'notebook').map(({ path }) => path)
  const trainedOn = provenance.data.relation
  const relation = chosenRelation ?? (names.includes(trainedOn) ? trainedOn : (names[0] ?? trainedOn))
  const trainedIn = provenance.notebook ?? ''
  const notebook = chosenNotebook ?? (notebooks.includes(trainedIn) ? trainedIn : (notebooks[0] ?? null))
  const source = loadSnippet(kind, reference, relation)
  const failed = files.error ?? relations.error
  return (
    <div className="sw-models-dialog">
      <SegmentedControl
        aria-label="Kind of cell"
        data={[
          { value: 'sql', label: 'SQL cell' },
          { value: 'typescript', label: 'TypeScript cell' },
        ]}
        value={kind}
        onChange={(value) => setKind(value === 'sql' ? 'sql' : 'typescript')}
      />
      <Select
        label="Version"
        description="An alias follows the version that it points to; a number stays."
        allowDeselect={false}
        data={references}
        value={reference}
        onChange={(value) => setReference(value ?? reference)}
      />
      <Select
        label="Relation to score"
        searchable
        allowDeselect={false}
        data={names.includes(relation) ? names : [relation, ...names]}
        value={relation}
        onChange={setRelation}
      />
      <Select
        label="Notebook"
        searchable
        allowDeselect={false}
        data={notebooks}
        value={notebook}
        placeholder="The workspace has no notebook yet"
        onChange={setNotebook}
      />
      <pre className="sw-models-snippet">{source}</pre>
      {failed && <ErrorNote error={failed} />}
      <div className="sw-models-row">
        <Button
          disabled={notebook === null}
          onClick={() => {
            if (notebook === null) return
            openTab({
              kind: 'notebook',
              id: notebook,
              title: notebook.split('/').at(-1) ?? notebook,
              state: { action: 'insert', kind, source },
            })
            props.onClose()
          }}
        >
          Add the cell
        </Button>
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
      </div>
    </div>
  )
}
