import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCw, Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { Deployment, SettingsInForce } from '../../../shared/contract/deployments.ts'
import { api, engine } from '../../client.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { SettingsEditor } from '../../ui/settings/SettingsEditor.tsx'
import { type SettingChanges, settingRows, settingsToSend } from '../../ui/settings/setting-changes.ts'

/** What the deployment's server is told beside its defaults, and what it is to be told from its next start on. */
export function SettingsView(props: { readonly deployment: Deployment; readonly inForce: SettingsInForce }) {
  const { deployment, inForce } = props
  const { name, state } = deployment
  const queries = useQueryClient()
  const [changes, setChanges] = useState<SettingChanges>({})
  const runs = state === 'ACTIVE'
  const start = useMutation({
    async mutationFn(settings: Record<string, string>) {
      if (runs) await engine.deployments.deactivate({ name })
      return engine.deployments.activate({ name, settings })
    },
    onSuccess: () => setChanges({}),
    // It has stopped also where it did not start.
    onSettled: () => queries.invalidateQueries({ queryKey: api.deployments.key() }),
  })
  const rows = settingRows(inForce, changes)
  const settings = settingsToSend(inForce, changes)
  const changed = Object.keys(settings).length > 0
  const fits = rows.every((row) => row.problem === null)
  const busy = state === 'CREATING' || state === 'UPDATING'
  return (
    <Panel title="Settings in force">
      <form
        className="sw-deploy-settings"
        aria-label={`Settings of ${name}`}
        onSubmit={(event) => {
          event.preventDefault()
          if (changed && fits && !busy) start.mutate(settings)
        }}
      >
        <p className="sw-muted">
          {rows.length === 0
            ? 'Its server runs with the defaults.'
            : 'What its server is told; the rest are the defaults. Tokens and keys are kept in a file for you alone and are not shown.'}
        </p>
        <SettingsEditor
          inForce={inForce}
          changes={changes}
          onChange={(next) => {
            start.reset()
            setChanges(next)
          }}
        />
        <div className="sw-deploy-row">
          <Button
            type="submit"
            leftSection={<RotateCw size={14} />}
            loading={start.isPending}
            disabled={!changed || !fits || (busy && !start.isPending)}
          >
            {runs || start.isPending ? 'Restart with these' : 'Activate with these'}
          </Button>
          {Object.keys(changes).length > 0 && !start.isPending && (
            <Button
              variant="default"
              leftSection={<Undo2 size={14} />}
              onClick={() => {
                start.reset()
                setChanges({})
              }}
            >
              Undo
            </Button>
          )}
          <span className="sw-muted">
            {runs || start.isPending
              ? 'Settings are read at the start: its endpoint does not answer for a moment.'
              : 'Settings are read at the start.'}
          </span>
        </div>
        {start.isError && <ErrorNote error={start.error} />}
      </form>
    </Panel>
  )
}
