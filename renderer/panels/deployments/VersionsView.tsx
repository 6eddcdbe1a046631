import { Button, NumberInput, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Ghost, Repeat, Split } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { BundleInfo } from '../../../shared/contract/bundles.ts'
import type { Deployment, VersionChange } from '../../../shared/contract/deployments.ts'
import { api } from '../../client.ts'
import { openTab } from '../../shell/open-tab.ts'
import { DeployRefusal } from '../../ui/DeployRefusal.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { formatShare } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'

const nameOf = ({ name, version }: { readonly name: string; readonly version: number }) =>
  `${name} v${version}`

/** The version, and the folder where it is not named as packaging names it. */
function bundleLabel(bundle: BundleInfo): string {
  const folder = bundle.path.split(/[\\/]/).at(-1) ?? ''
  return folder === `${bundle.name}-${bundle.version}` ? nameOf(bundle) : `${nameOf(bundle)} (${folder})`
}

/** Which versions answer, and what may answer instead: all of it without a stop, at the same endpoint. */
export function VersionsView(props: { readonly deployment: Deployment }) {
  const { deployment } = props
  const { name, shadow, canary } = deployment
  const queries = useQueryClient()
  const bundles = useQuery(api.bundles.list.queryOptions())
  const swap = useMutation(
    api.deployments.swap.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.deployments.key() }),
    }),
  )
  const change = (asked: VersionChange) => swap.mutate({ name, ...asked })
  const again = () => swap.variables && swap.mutate({ ...swap.variables, allowUnsigned: true })
  const inactive = deployment.state !== 'ACTIVE'
  return (
    <>
      <Panel title="What serves now">
        <ul className="sw-deploy-roles">
          <Role what="Answers" detail={deployment.bundle}>
            {nameOf(deployment.model)}
          </Role>
          {canary && (
            <Role what={`Canary, answers ${formatShare(canary.fraction)} by id`} detail={canary.bundle}>
              {nameOf(canary.model)}
              <Button size="compact-xs" disabled={inactive} onClick={() => change({ bundle: canary.bundle })}>
                Promote
              </Button>
              <Button
                size="compact-xs"
                variant="default"
                disabled={inactive}
                onClick={() => change({ canary: null })}
              >
                End canary
              </Button>
            </Role>
          )}
          {shadow && (
            <Role what="Shadow, scores a copy and never answers" detail={shadow.bundle}>
              {nameOf(shadow.model)}
              <Button size="compact-xs" disabled={inactive} onClick={() => change({ bundle: shadow.bundle })}>
                Promote
              </Button>
              <Button
                size="compact-xs"
                variant="default"
                disabled={inactive}
                onClick={() => change({ shadow: null })}
              >
                End shadow
              </Button>
            </Role>
          )}
        </ul>
      </Panel>
      <Panel title="Another version">
        <QueryView query={bundles} loading="Looking for bundles">
          {(all) => {
            const others = all.filter((bundle) => bundle.path !== deployment.bundle)
            return others.length === 0 ? (
              <EmptyState
                action={{
                  label: `Open ${nameOf(deployment.model)}`,
                  onClick: () =>
                    openTab({
                      kind: 'model',
                      id: `${deployment.model.name}:${deployment.model.version}`,
                      title: nameOf(deployment.model),
                    }),
                }}
              >
                There is no other bundle yet. Train a further version and package it.
              </EmptyState>
            ) : (
              <Choose bundles={others} busy={swap.isPending} disabled={inactive} onChange={change} />
            )
          }}
        </QueryView>
        {inactive && <p className="sw-muted">Switch the deployment on to change what it serves.</p>}
        {swap.isError && <DeployRefusal error={swap.error} takeIt="Use it all the same" onTakeIt={again} />}
      </Panel>
    </>
  )
}

function Role(props: { readonly what: string; readonly detail: string; readonly children: ReactNode }) {
  return (
    <li>
      <span className="sw-muted">{props.what}</span>
      <span className="sw-deploy-row" title={props.detail}>
        {props.children}
      </span>
    </li>
  )
}

function Choose(props: {
  readonly bundles: readonly BundleInfo[]
  readonly busy: boolean
  readonly disabled: boolean
  readonly onChange: (change: VersionChange) => void
}) {
  const { bundles, busy, disabled, onChange } = props
  const [chosen, setChosen] = useState<string | null>(null)
  const [percent, setPercent] = useState(10)
  const path = chosen ?? bundles[0]?.path ?? ''
  const share = percent > 0 && percent < 100
  return (
    <div className="sw-deploy-choose">
      <Select
        label="Bundle"
        allowDeselect={false}
        data={bundles.map((bundle) => ({
          value: bundle.path,
          label: bundleLabel(bundle),
        }))}
        value={path}
        onChange={setChosen}
      />
      <Button
        leftSection={<Repeat size={14} />}
        loading={busy}
        disabled={disabled}
        onClick={() => onChange({ bundle: path })}
      >
        Swap to it
      </Button>
      <NumberInput
        label="Share of requests, %"
        min={0.1}
        max={99.9}
        value={percent}
        onChange={(value) => setPercent(Number(value))}
        error={share ? null : 'Above 0 and below 100'}
      />
      <Button
        variant="default"
        leftSection={<Split size={14} />}
        disabled={disabled || busy || !share}
        onClick={() => onChange({ canary: { bundle: path, fraction: percent / 100 } })}
      >
        Start canary
      </Button>
      <Button
        variant="default"
        leftSection={<Ghost size={14} />}
        disabled={disabled || busy}
        onClick={() => onChange({ shadow: path })}
      >
        Start shadow
      </Button>
    </div>
  )
}
