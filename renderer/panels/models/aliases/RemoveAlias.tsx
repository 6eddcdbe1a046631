import { ActionIcon, Button, Popover, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../../client.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'

/** Asks once before an alias goes, and why: whoever loads the model by it finds none any more. */
export function RemoveAlias(props: { readonly model: string; readonly alias: string }) {
  const { model, alias } = props
  const [open, setOpen] = useState(false)
  const [why, setWhy] = useState('')
  const queries = useQueryClient()
  const remove = useMutation(
    api.models.setAlias.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.models.key() }),
    }),
  )
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withinPortal position="bottom-start" shadow="md">
      <Popover.Target>
        <ActionIcon size="xs" aria-label={`Remove the alias ${alias}`} onClick={() => setOpen(!open)}>
          <X size={11} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className="sw-models-alias-form"
          aria-label={`Remove the alias ${alias}`}
          onSubmit={(event) => {
            event.preventDefault()
            remove.mutate({ name: model, alias, version: null, why })
          }}
        >
          <p className="sw-models-question">
            Whatever loads {model}@{alias} finds no version until the alias is given again.
          </p>
          <TextInput
            label="Why"
            description="Kept in the history, with you and the time."
            data-autofocus
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          <div className="sw-models-row">
            <Button type="submit" loading={remove.isPending}>
              Remove
            </Button>
            <Button variant="default" onClick={() => setOpen(false)}>
              Keep it
            </Button>
          </div>
          {remove.isError && <ErrorNote error={remove.error} />}
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
