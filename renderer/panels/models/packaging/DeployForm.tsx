import { Button, NumberInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Rocket } from 'lucide-react'
import { useState } from 'react'
import { newNameProblem } from '../../../../shared/catalog/folder-name.ts'
import { replicasAtMost } from '../../../../shared/contract/deployments.ts'
import { modelNamePattern } from '../../../../shared/notebook/train-spec.ts'
import { api } from '../../../client.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { DeployRefusal } from '../../../ui/DeployRefusal.tsx'
import { SettingsEditor } from '../../../ui/settings/SettingsEditor.tsx'
import {
  noSettings,
  type SettingChanges,
  settingRows,
  settingsToSend,
} from '../../../ui/settings/setting-changes.ts'
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
  const [changes, setChanges] = useState<SettingChanges>({})
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
      : (newNameProblem(name, taken)?.message ?? null)
  const settings = settingsToSend(noSettings, changes)
  const fits = problem === null && settingRows(noSettings, changes).every((row) => row.problem === null)
  const start = (allowUnsigned: boolean) => {
    const chosen = port === null ? {} : { port }
    if (fits) deploy.mutate({ bundle, name, replicas, settings, allowUnsigned, ...chosen })
  }
  return (
    <form
      className="sw-models-deploy"
      aria-label="Deploy"
      onSubmit={(event) => {
        event.preventDefault()
        start(false)
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
      <SettingsSection changes={changes} onChange={setChanges} />
      <Button type="submit" leftSection={<Rocket size={14} />} disabled={!fits} loading={deploy.isPending}>
        Deploy
      </Button>
      {/* What was said of a bundle is not said of another one, which is for another system. */}
      {deploy.isError && deploy.variables.bundle === bundle && (
        <DeployRefusal error={deploy.error} takeIt="Deploy it all the same" onTakeIt={() => start(true)} />
      )}
    </form>
  )
}

/** Folded unless asked for: the server's defaults serve most. */
function SettingsSection(props: {
  readonly changes: SettingChanges
  readonly onChange: (changes: SettingChanges) => void
}) {
  const count = Object.keys(settingsToSend(noSettings, props.changes)).length
  return (
    <details className="sw-models-deploy-settings">
      <summary>
        <span>Settings</span>{' '}
        <span className="sw-muted">{count > 0 ? `${count} set` : 'limits, tokens, what is logged'}</span>
      </summary>
      <SettingsEditor inForce={noSettings} changes={props.changes} onChange={props.onChange} />
    </details>
  )
}
