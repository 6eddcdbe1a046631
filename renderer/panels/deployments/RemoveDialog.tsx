import { Button, Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../client.ts'
import { noticeDone } from '../../shell/notice.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'

/** Asks once, naming what goes and what stays. */
export function RemoveDialog(props: {
  readonly name: string
  readonly endpoint: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly onRemoved: () => void
}) {
  const { name, endpoint, opened, onClose, onRemoved } = props
  const queries = useQueryClient()
  const remove = useMutation(
    api.deployments.remove.mutationOptions({
      onSuccess: async () => {
        onRemoved()
        noticeDone(`Removed the deployment ${name}.`)
        await queries.invalidateQueries({ queryKey: api.deployments.list.key() })
        await queries.invalidateQueries({ queryKey: api.monitoring.fleet.key() })
      },
    }),
  )
  return (
    <Modal opened={opened} onClose={onClose} title={`Remove ${name}?`}>
      <div className="sw-deploy-column">
        <p>
          Nothing will answer at <code>{endpoint}</code> any more, and the endpoint is forgotten. The bundle
          and the windows recorded so far stay.
        </p>
        {remove.isError && <ErrorNote error={remove.error} />}
        <div className="sw-deploy-row sw-deploy-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <Button
            className="sw-deploy-danger"
            variant="default"
            loading={remove.isPending}
            onClick={() => remove.mutate({ name })}
          >
            Remove {name}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
