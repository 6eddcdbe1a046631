import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../../client.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { QueryView } from '../../../ui/QueryView.tsx'

/** The bounds that a model's metrics have to keep to be packaged: listed, added and removed, each with a reason. */
export function GatesEditor(props: { readonly model: string }) {
  const { model } = props
  const queries = useQueryClient()
  const gates = useQuery(api.bundles.gates.queryOptions({ input: { name: model } }))
  const [typed, setTyped] = useState('')
  const [why, setWhy] = useState('')
  const save = useMutation(
    api.bundles.setGates.mutationOptions({
      onSuccess: async () => {
        setTyped('')
        setWhy('')
        await queries.invalidateQueries({ queryKey: api.bundles.gates.key() })
      },
    }),
  )
  return (
    <QueryView query={gates} loading="Reading the metric gates">
      {(all) => (
        <form
          className="sw-models-gates"
          aria-label="Metric gates"
          onSubmit={(event) => {
            event.preventDefault()
            if (typed.trim() !== '') save.mutate({ name: model, gates: [...all, typed], why })
          }}
        >
          {all.map((gate) => (
            <div key={gate} className="sw-models-row">
              <code>{gate}</code>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={`Remove the gate ${gate}`}
                onClick={() => save.mutate({ name: model, gates: all.filter((one) => one !== gate), why })}
              >
                <X size={13} />
              </ActionIcon>
            </div>
          ))}
          <TextInput
            label="New metric gate"
            placeholder="auc >= champion - 0.01"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <TextInput
            label="Why"
            description="For what you add or remove next; kept in the history."
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          <div className="sw-models-row">
            <Button type="submit" variant="default" leftSection={<Plus size={13} />} loading={save.isPending}>
              Add gate
            </Button>
          </div>
          {save.isError && <ErrorNote error={save.error} />}
        </form>
      )}
    </QueryView>
  )
}
