import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Folder, FolderOpen, Gem, Users } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Sample } from '../../shared/contract/workspace.ts'
import { api, engine } from '../client.ts'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { Time } from '../ui/Time.tsx'
import { FolderDialog } from './FolderDialog.tsx'
import { startRequests } from './start-requests.ts'

type Choosing = { readonly kind: 'open' } | { readonly kind: 'create'; readonly sample?: Sample }

/** Where work begins: a folder used before, another one, or a sample. */
export function StartPage({ onBack }: { readonly onBack?: (() => void) | undefined }) {
  const client = useQueryClient()
  const recent = useQuery({ ...api.workspace.recent.queryOptions(), staleTime: 0 })
  const [choosing, setChoosing] = useState<Choosing | undefined>()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()

  const go = async (action: () => Promise<unknown>) => {
    setBusy(true)
    setFailed(undefined)
    try {
      await action()
      startRequests.setState({ choosing: false })
      await client.resetQueries()
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  const chosen = (path: string, choice: Choosing) => {
    setChoosing(undefined)
    if (choice.kind === 'open') go(() => engine.workspace.open({ path }))
    else go(() => engine.workspace.create({ path, ...(choice.sample ? { sample: choice.sample } : {}) }))
  }
  const choose = async (choice: Choosing) => {
    const native = choice.kind === 'open' ? window.slipway?.chooseFolder : undefined
    if (!native) return setChoosing(choice)
    const path = await native()
    if (path) chosen(path, choice)
  }

  return (
    <main className="sw-start" aria-busy={busy}>
      <div className="sw-start-inner">
        <h1>Slipway</h1>
        <p className="sw-start-lead">From a notebook to a monitored deployment, in one folder.</p>
        {failed !== undefined && <ErrorNote error={failed} />}
        <div className="sw-start-columns">
          <section aria-label="Start">
            <h2>Start</h2>
            <Action
              icon={<FolderOpen size={18} />}
              title="Open a folder"
              below="Notebooks and data you have already"
              disabled={busy}
              onClick={() => choose({ kind: 'open' })}
            />
            <Action
              icon={<Folder size={18} />}
              title="New workspace"
              below="An empty folder to begin in"
              disabled={busy}
              onClick={() => choose({ kind: 'create' })}
            />
            <Action
              icon={<Users size={18} />}
              title="Sample: customer churn"
              below="7,043 telecom customers; a yes-or-no model"
              disabled={busy}
              onClick={() => choose({ kind: 'create', sample: 'churn' })}
            />
            <Action
              icon={<Gem size={18} />}
              title="Sample: diamond prices"
              below="Prices by carat, cut and colour; a regression"
              disabled={busy}
              onClick={() => choose({ kind: 'create', sample: 'diamonds' })}
            />
            {onBack && (
              <Button variant="default" mt="md" onClick={onBack}>
                Back to the open workspace
              </Button>
            )}
          </section>
          <section aria-label="Recent">
            <h2>Recent</h2>
            {recent.error && <ErrorNote error={recent.error} />}
            {recent.data?.length === 0 && (
              <p className="sw-muted" style={{ paddingTop: 8 }}>
                Workspaces you open are listed here.
              </p>
            )}
            {recent.data?.map((entry) => (
              <Action
                key={entry.path}
                icon={<Folder size={18} />}
                title={entry.name}
                below={
                  <span title={entry.path}>
                    {entry.exists ? <Time at={entry.opened} /> : 'This folder is gone'} · {entry.path}
                  </span>
                }
                disabled={busy || !entry.exists}
                onClick={() => go(() => engine.workspace.open({ path: entry.path }))}
              />
            ))}
          </section>
        </div>
      </div>
      {choosing && (
        <FolderDialog
          title={choosing.kind === 'open' ? 'Open a folder' : 'Where should the workspace be?'}
          create={choosing.kind === 'create' ? (choosing.sample ?? 'workspace') : undefined}
          onChoose={(path) => chosen(path, choosing)}
          onClose={() => setChoosing(undefined)}
        />
      )}
    </main>
  )
}

function Action(props: {
  readonly icon: ReactNode
  readonly title: string
  readonly below: ReactNode
  readonly disabled: boolean
  readonly onClick: () => void
}) {
  return (
    <button type="button" className="sw-start-action" disabled={props.disabled} onClick={props.onClick}>
      {props.icon}
      <div>
        <strong>{props.title}</strong>
        <span>{props.below}</span>
      </div>
    </button>
  )
}
