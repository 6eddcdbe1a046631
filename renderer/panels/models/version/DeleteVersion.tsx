import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { api } from '../../../client.ts'
import { noticeDone } from '../../../shell/notice.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'

/** Asks once, naming the version; what is deployed or has an alias is refused by the catalog, which says why. */
export function DeleteVersion(props: {
  readonly version: VersionRef
  readonly opened: boolean
  readonly onClose: () => void
}) {
  const { name, version } = props.version
  const [why, setWhy] = useState('')
  const queries = useQueryClient()
  const remove = useMutation(
    api.models.remove.mutationOptions({
      onSuccess: async () => {
        props.onClose()
        noticeDone(`${name} version ${version} is deleted. Its number is not given again.`)
        await queries.invalidateQueries({ queryKey: api.models.key() })
      },
    }),
  )
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={`Delete ${name} version ${version}?`}>
      <form
        className="sw-models-dialog"
        onSubmit={(event) => {
          event.preventDefault()
          remove.mutate({ name, version, why })
        }}
      >
        <p className="sw-models-question">
          Its files leave the catalog. This cannot be undone; the history keeps that it was there.
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
          <Button variant="default" onClick={() => props.onClose()}>
            Keep it
          </Button>
        </div>
        {remove.isError && <ErrorNote error={remove.error} />}
      </form>
    </Modal>
  )
}
