import { Button, NumberInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Deployment, replicasAtMost } from '../../../shared/contract/deployments.ts'
import { api } from '../../client.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'

/** How many processes answer behind the endpoint, to be changed while they do. */
export function ReplicasControl(props: { readonly deployment: Deployment }) {
  const { name, replicas } = props.deployment
  const queries = useQueryClient()
  const [wanted, setWanted] = useState<number | null>(null)
  const scale = useMutation(
    api.deployments.scale.mutationOptions({
      async onSuccess() {
        await queries.invalidateQueries({ queryKey: api.deployments.key() })
        setWanted(null)
      },
    }),
  )
  const shown = wanted ?? replicas
  const fits = Number.isInteger(shown) && shown >= 1 && shown <= replicasAtMost
  return (
    <>
      <form
        className="sw-deploy-replicas"
        onSubmit={(event) => {
          event.preventDefault()
          if (fits && shown !== replicas) scale.mutate({ name, replicas: shown })
        }}
      >
        <NumberInput
          aria-label="Replicas"
          min={1}
          max={replicasAtMost}
          value={shown}
          onChange={(value) => setWanted(value === '' ? Number.NaN : Number(value))}
          error={fits ? null : `A whole number from 1 to ${replicasAtMost}`}
        />
        <Button
          type="submit"
          variant="default"
          loading={scale.isPending}
          disabled={!fits || shown === replicas}
        >
          Change
        </Button>
        <span className="sw-muted">
          Processes that answer behind the endpoint. New ones start before the former ones finish what they
          have: no request is lost.
        </span>
      </form>
      {scale.isError && <ErrorNote error={scale.error} />}
    </>
  )
}
