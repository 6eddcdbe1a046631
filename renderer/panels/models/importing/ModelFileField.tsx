import { Button, FileButton, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useState } from 'react'
import { api, engine } from '../../../client.ts'
import { chunksOf } from '../../../ui/chunks.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { useFileDrop } from '../../../ui/use-file-drop.ts'

const endings = /\.(onnx|json)$/i

/** Writes a model file into the workspace; answers its path there. */
async function sendFile(file: File, onSent: (fraction: number) => void): Promise<string | null> {
  const id = crypto.randomUUID()
  let path: string | null = null
  for (const { offset, end, last } of chunksOf(file.size)) {
    const chunk = file.slice(offset, end)
    path = (await engine.models.upload({ id, name: file.name, offset, chunk, last })).path
    onSent(file.size === 0 ? 1 : end / file.size)
  }
  return path
}

/** A model file of the workspace, or one that is brought into it: chosen on this machine or dropped here. */
export function ModelFileField(props: {
  readonly path: string | null
  readonly onChange: (path: string | null) => void
}) {
  const { path, onChange } = props
  const queries = useQueryClient()
  const files = useQuery(api.workspace.files.queryOptions())
  const [sent, setSent] = useState(0)
  const send = useMutation({
    mutationFn: (file: File) => {
      setSent(0)
      return sendFile(file, setSent)
    },
    onSuccess: async (written) => {
      await queries.invalidateQueries({ queryKey: api.workspace.files.key() })
      onChange(written)
    },
  })
  const models = (files.data ?? []).filter((file) => endings.test(file.path)).map((file) => file.path)
  const { dropping, handlers } = useFileDrop(([file]) => file && send.mutate(file))
  return (
    <fieldset
      className={dropping ? 'sw-models-file sw-drop' : 'sw-models-file'}
      aria-label="Model file; drop one here"
      {...handlers}
    >
      <Select
        label="Model file"
        description="ONNX, or an XGBoost model saved as JSON; choose it, or drop it here"
        placeholder={models.length === 0 ? 'None in the workspace yet' : 'Choose a file of the workspace'}
        data={models}
        searchable
        required
        value={path}
        onChange={onChange}
      />
      <FileButton accept=".onnx,.json" onChange={(file) => file && send.mutate(file)}>
        {(button) => (
          <Button variant="default" leftSection={<Upload size={14} />} loading={send.isPending} {...button}>
            From this computer…
          </Button>
        )}
      </FileButton>
      {send.isPending && <output>{Math.round(sent * 100)} % copied into the workspace</output>}
      {send.isError && <ErrorNote error={send.error} />}
    </fieldset>
  )
}
