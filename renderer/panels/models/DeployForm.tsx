import { Button, NumberInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Rocket } from 'lucide-react'
import { useState } from 'react'
import { replicasAtMost } from '../../../shared/contract/deployments.ts'
import { modelNamePattern } from '../../../shared/notebook/train-spec.ts'
import { api } from '../../client.ts'
import { openTab } from '../../shell/open-tab.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { freeDeploymentName } from './deployment-name.ts'

/** Starts a bundle under a name, at a port of choice or a free one, and opens the deployment. */
export function DeployForm(props: {
  readonly bundle: string
  readonly model: string
  readonly onDeployed: () => void
}) {
  const { bundle, model, onDeployed } = props
  const queries = useQueryClient()
  const deployments = useQuery(api.deployments.list.queryOptions())
  const [typed, setTyped] = useState<string | null>(null)
  const [port, setPort] = useState<number | null>(null)
  const [replicas, setReplicas] = useState(1)
  const deploy = useMutation(
    api.deployments.deploy.mutationOptions({
      onSuccess: async (deployment) => {
        await queries.invalidateQueries({ queryKey: api.deployments.key() })
        openTab({ kind: 'deployment', id: deployment.name, title: deployment.name })
        onDeployed()
      },
    }),
  )
  const taken = (deployments.data ?? []).map((deployment) => deployment.name)
  const name = typed ?? freeDeploymentName(model, taken)
  const problem = !modelNamePattern.test(name)
    ? 'A letter, then letters, digits, _ or -'
    : taken.includes(name)
      ? `A deployment named ${name} exists already`
      : null
  return (
    <form
      className="sw-models-deploy"
      aria-label="Deploy"
      onSubmit={(event) => {
        event.preventDefault()
        if (problem === null) deploy.mutate({ bundle, name, replicas, ...(port === null ? {} : { port }) })
      }}
    >
      <TextInput
        label="Name"
        value={name}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={deploy.isPending ? null : problem}
      />
      <NumberInput
        label="Port"
        placeholder="a free one"
        min={1}
        max={65535}
        allowDecimal={false}
        hideControls
        value={port ?? ''}
        onChange={(value) => setPort(typeof value === 'number' ? value : null)}
      />
      <NumberInput
        label="Replicas"
        title="Processes that answer behind the port"
        min={1}
        max={replicasAtMost}
        allowDecimal={false}
        value={replicas}
        onChange={(value) => setReplicas(typeof value === 'number' ? value : 1)}
      />
      <Button
        type="submit"
        leftSection={<Rocket size={14} />}
        disabled={problem !== null}
        loading={deploy.isPending}
      >
        Deploy
      </Button>
      {deploy.isError && <ErrorNote error={deploy.error} />}
    </form>
  )
}
