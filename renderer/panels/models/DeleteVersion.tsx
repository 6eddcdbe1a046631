import { ActionIcon, Button, Popover, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { VersionRef } from '../../../shared/contract/models.ts'
import { api } from '../../client.ts'
import { noticeDone } from '../../shell/notice.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'

/** Asks once, naming the version; what is deployed or has an alias is refused by the catalog, which says why. */
export function DeleteVersion(props: { readonly version: VersionRef }) {
  const { name, version } = props.version
  const [open, setOpen] = useState(false)
  const [why, setWhy] = useState('')
  const queries = useQueryClient()
  const remove = useMutation(
    api.models.remove.mutationOptions({
      onSuccess: async () => {
        setOpen(false)
        noticeDone(`${name} version ${version} is deleted. Its number is not given again.`)
        await queries.invalidateQueries({ queryKey: api.models.key() })
      },
    }),
  )
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withinPortal position="bottom-end" shadow="md">
      <Popover.Target>
        <ActionIcon
          size={30}
          variant="default"
          aria-label={`Delete ${name} version ${version}`}
          onClick={() => setOpen(!open)}
        >
          <Trash2 size={14} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className="sw-models-alias-form"
          onSubmit={(event) => {
            event.preventDefault()
            remove.mutate({ name, version, why })
          }}
        >
          <p className="sw-models-question">
            Delete {name} version {version} with its files? This cannot be undone.
          </p>
          <TextInput
            label="Why"
            description="Kept in the history."
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          <div className="sw-models-row">
            <Button type="submit" color="red" loading={remove.isPending}>
              Delete
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
