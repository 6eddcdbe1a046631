import { ActionIcon, Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FileInput } from 'lucide-react'
import { useState } from 'react'
import { modelNamePattern } from '../../../../shared/notebook/train-spec.ts'
import { api } from '../../../client.ts'
import { noticeDone } from '../../../shell/notice.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { ModelFileField } from './ModelFileField.tsx'

/** `models/churn v2.json` becomes `churn_v2`, and `churn (2).onnx` `churn`. */
function nameOf(path: string): string {
  const stem = (path.split('/').at(-1) ?? '').replace(/( \(\d+\))?\.(json|onnx)$/i, '')
  return stem.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[^A-Za-z]+/, '')
}

/** Brings a model that was trained in Python into the catalog: ONNX, or XGBoost. */
export function ImportModel() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <ActionIcon aria-label="Import a model" title="Import a model" onClick={() => setOpen(true)}>
        <FileInput size={14} />
      </ActionIcon>
      <Modal opened={open} onClose={() => setOpen(false)} title="Import a model" centered>
        <ImportForm onDone={() => setOpen(false)} />
      </Modal>
    </>
  )
}

function ImportForm(props: { readonly onDone: () => void }) {
  const queries = useQueryClient()
  const relations = useQuery(api.data.relations.queryOptions())
  const [path, setPath] = useState<string | null>(null)
  const [typed, setTyped] = useState<string | null>(null)
  const [data, setData] = useState<string | null>(null)
  const [target, setTarget] = useState<string | null>(null)
  const [classes, setClasses] = useState('')
  const [names, setNames] = useState('')
  const load = useMutation(
    api.models.import.mutationOptions({
      onSuccess: async ({ name, version }) => {
        await queries.invalidateQueries({ queryKey: api.models.key() })
        noticeDone(`${name} version ${version} is in the catalog.`)
        openTab({ kind: 'model', id: `${name}:${version}`, title: `${name} v${version}` })
        props.onDone()
      },
    }),
  )
  const columns = relations.data?.find((relation) => relation.name === data)?.columns ?? []
  const name = typed ?? (path === null ? '' : nameOf(path))
  const valid = modelNamePattern.test(name)
  const onnx = path !== null && /\.onnx$/i.test(path)
  return (
    <form
      className="sw-models-import"
      aria-label="Import a model"
      onSubmit={(event) => {
        event.preventDefault()
        if (path === null || !valid) return
        load.mutate({
          path,
          name,
          ...(data === null ? {} : { data }),
          ...(target === null ? {} : { target }),
          ...(classes.trim() === '' ? {} : { classes }),
          ...(onnx && names.trim() !== '' ? { columns: names.split(',').map((one) => one.trim()) } : {}),
        })
      }}
    >
      <ModelFileField path={path} onChange={setPath} />
      <TextInput
        label="Name"
        description="A new version of it, where the catalog has the name already"
        required
        value={name}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={name === '' || valid ? null : 'A letter, then letters, digits, _ or -'}
      />
      <Select
        label="Data like its training data"
        description="Gives the baseline for drift and the recorded rows; without it they are made up"
        placeholder="None"
        data={(relations.data ?? []).map((relation) => relation.name)}
        searchable
        clearable
        value={data}
        onChange={(relation) => {
          setData(relation)
          setTarget(null)
        }}
      />
      {data !== null && (
        <Select
          label="Column with the answers"
          description="Gives the metrics, and the classes in sorted order"
          placeholder="None"
          data={columns.map((column) => column.name)}
          searchable
          clearable
          value={target}
          onChange={setTarget}
        />
      )}
      <TextInput
        label="Classes"
        description="Only where the file has no names for 0, 1, …; leave it empty for a number"
        placeholder="no, yes"
        value={classes}
        onChange={(event) => setClasses(event.currentTarget.value)}
      />
      {onnx && (
        <TextInput
          label="Columns"
          description="Only where the file has no names; else those of the data are taken"
          placeholder="length, width"
          value={names}
          onChange={(event) => setNames(event.currentTarget.value)}
        />
      )}
      {load.isError && <ErrorNote error={load.error} />}
      <div className="sw-models-row">
        <Button type="submit" disabled={path === null || !valid} loading={load.isPending}>
          Import
        </Button>
        <Button variant="default" onClick={props.onDone}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
