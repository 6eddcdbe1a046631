import { Button, Switch, Tabs } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Activity, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Deployment, DeploymentDescription } from '../../../shared/contract/deployments.ts'
import { api } from '../../client.ts'
import { Inspect } from '../../shell/InspectorSlot.tsx'
import { openTab, type TabProps } from '../../shell/open-tab.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { DeploymentStateChip } from '../../ui/DeploymentState.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatCounted, formatTime } from '../../ui/format.ts'
import { KeyValue } from '../../ui/KeyValue.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Time } from '../../ui/Time.tsx'
import { CopyCurl } from './CopyCurl.tsx'
import { LogsView } from './LogsView.tsx'
import { RemoveDialog } from './RemoveDialog.tsx'
import { RequestPanel } from './RequestPanel.tsx'
import { ResourcesView } from './ResourcesView.tsx'
import { SettingsView } from './SettingsView.tsx'
import { VersionsView } from './VersionsView.tsx'
import './deployments.css'

/** One deployment: its endpoint, its switch, a request to try, what it logs and uses, and which versions serve. */
export function DeploymentPage(props: TabProps) {
  const [removed, setRemoved] = useState(false)
  if (removed) {
    return (
      <EmptyState>
        The deployment {props.id} was removed. Its bundle and its recorded windows are still there.
      </EmptyState>
    )
  }
  return <Described {...props} onRemoved={() => setRemoved(true)} />
}

function Described(props: TabProps & { readonly onRemoved: () => void }) {
  const description = useQuery({
    ...api.deployments.describe.queryOptions({ input: { name: props.id } }),
    // Uptime and a process that dies by itself change without a call of ours.
    refetchInterval: props.visible ? 5000 : false,
  })
  return (
    <div className="sw-page sw-stacked-page">
      <QueryView query={description} loading={`Reading ${props.id}`}>
        {(data) => <Content description={data} visible={props.visible} onRemoved={props.onRemoved} />}
      </QueryView>
    </div>
  )
}

function Content(props: {
  readonly description: DeploymentDescription
  readonly visible: boolean
  readonly onRemoved: () => void
}) {
  const { description, visible, onRemoved } = props
  const { deployment, settings, signature, examples } = description
  const { name, endpoint, model } = deployment
  const token = settings.secrets.includes('SLIPWAY_TOKEN')
  const [removing, setRemoving] = useState(false)
  return (
    <>
      <PageHead
        title={name}
        beside={<DeploymentStateChip state={deployment.state} problem={deployment.problem} />}
        actions={
          <>
            <StateSwitch deployment={deployment} />
            {examples[0] && <CopyCurl endpoint={endpoint} row={examples[0]} token={token} />}
            <Button
              variant="default"
              leftSection={<Activity size={14} />}
              onClick={() => openTab({ kind: 'monitoring', id: name, title: `${name}: monitoring` })}
            >
              Monitoring
            </Button>
            <Button
              variant="default"
              leftSection={<Trash2 size={14} />}
              onClick={() => setRemoving(true)}
              aria-label={`Remove ${name}`}
            >
              Remove
            </Button>
          </>
        }
        below={
          <>
            <span className="sw-deploy-endpoint">
              <code>{endpoint}</code>
              <CopyButton text={endpoint} label="Copy the endpoint" />
            </span>
            <button
              type="button"
              className="sw-deploy-link"
              onClick={() =>
                openTab({
                  kind: 'model',
                  id: `${model.name}:${model.version}`,
                  title: `${model.name} v${model.version}`,
                })
              }
            >
              {model.name} v{model.version}
            </button>
            <span>
              {deployment.activeSince === null ? (
                <>
                  created <Time at={deployment.created} />
                </>
              ) : (
                <>
                  started <Time at={deployment.activeSince} />
                </>
              )}
            </span>
            {deployment.replicas > 1 && <span>{formatCounted(deployment.replicas, 'replica')}</span>}
            {deployment.restarts > 0 && (
              <span title={deployment.lastExit?.reason}>
                {formatCounted(deployment.restarts, 'restart')}
                {deployment.lastExit && (
                  <>
                    , the last <Time at={deployment.lastExit.at} />
                  </>
                )}
              </span>
            )}
          </>
        }
      />
      {deployment.problem !== '' && (
        <ErrorNote
          content={{
            message: deployment.problem,
            whatToDo:
              deployment.state === 'RESTARTING'
                ? `It is started again${deployment.nextStart === null ? ' now' : ` at ${formatTime(deployment.nextStart)}`}. The log says more.`
                : 'Read the log, then switch the deployment on again.',
          }}
        />
      )}
      <Tabs defaultValue="request">
        <Tabs.List>
          <Tabs.Tab value="request">Request</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          <Tabs.Tab value="resources">Resources</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="request">
          <RequestPanel deployment={deployment} signature={signature} examples={examples} token={token} />
        </Tabs.Panel>
        <Tabs.Panel value="log" keepMounted={false}>
          <LogsView name={name} />
        </Tabs.Panel>
        <Tabs.Panel value="resources" keepMounted={false}>
          <ResourcesView deployment={deployment} visible={visible} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" keepMounted={false}>
          <VersionsView deployment={deployment} />
        </Tabs.Panel>
        {/* Stays, so that what was typed is there after a look at the log. */}
        <Tabs.Panel value="settings">
          <SettingsView deployment={deployment} inForce={settings} />
        </Tabs.Panel>
      </Tabs>
      <Inspect title={name}>
        <KeyValue
          items={[
            ['State', deployment.state.toLowerCase()],
            ['Endpoint', endpoint],
            ['Model', `${model.name} v${model.version}`],
            ['Created', formatTime(deployment.created)],
            ['Active since', deployment.activeSince === null ? '–' : formatTime(deployment.activeSince)],
            ['Process', deployment.pid ?? '–'],
            ['Replicas', deployment.replicas],
            ['Restarts', deployment.restarts],
            ['Ended last', deployment.lastExit?.reason ?? '–'],
            ['Bundle', deployment.bundle],
          ]}
        />
      </Inspect>
      <RemoveDialog
        name={name}
        endpoint={endpoint}
        opened={removing}
        onClose={() => setRemoving(false)}
        onRemoved={onRemoved}
      />
    </>
  )
}

function StateSwitch(props: { readonly deployment: Deployment }) {
  const { deployment } = props
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: api.deployments.key() })
  const activate = useMutation(api.deployments.activate.mutationOptions({ onSuccess }))
  const deactivate = useMutation(api.deployments.deactivate.mutationOptions({ onSuccess }))
  const busy = activate.isPending || deactivate.isPending
  const error = activate.error ?? deactivate.error
  const runs = deployment.state === 'ACTIVE' || deployment.state === 'RESTARTING'
  const on = activate.isPending || (runs && !deactivate.isPending)
  const input = { name: deployment.name }
  const label = activate.isPending ? 'Activating …' : deactivate.isPending ? 'Deactivating …' : 'Active'
  return (
    <>
      <Switch
        label={label}
        aria-label={`${deployment.name} is active`}
        checked={on}
        disabled={busy}
        onChange={(event) => {
          activate.reset()
          deactivate.reset()
          if (event.currentTarget.checked) activate.mutate(input)
          else deactivate.mutate(input)
        }}
      />
      {error !== null && <ErrorNote error={error} />}
    </>
  )
}
