import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { GitCompareArrows, NotebookPen, Package, Rocket } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ModelDetail, VersionRef } from '../../../shared/contract/models.ts'
import { metricName } from '../../../shared/metrics/metric-name.ts'
import { mainMetric } from '../../../shared/metrics/metrics.ts'
import { api, failureOf } from '../../client.ts'
import { runCommand } from '../../shell/commands.ts'
import { Inspect } from '../../shell/InspectorSlot.tsx'
import type { TabProps } from '../../shell/open-tab.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import {
  formatCount,
  formatCounted,
  formatDuration,
  formatMetric,
  formatShare,
  formatTime,
} from '../../ui/format.ts'
import { KeyValue } from '../../ui/KeyValue.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Time } from '../../ui/Time.tsx'
import { AliasEditor } from './aliases/AliasEditor.tsx'
import { PackageSheet, type SheetPurpose } from './packaging/PackageSheet.tsx'
import { usePackaging } from './packaging/use-packaging.ts'
import { StaleChip } from './StaleChip.tsx'
import { taskNames } from './task-names.ts'
import { LoadInNotebook } from './version/LoadInNotebook.tsx'
import { VersionMenu } from './version/VersionMenu.tsx'
import { VersionTabs } from './version/VersionTabs.tsx'
import { versionFromId, versionReference } from './version-id.ts'
import './models.css'

/** One model version: what it is, how it came about, and the way into a bundle. */
export function ModelPage(props: TabProps) {
  const version = versionFromId(props.id)
  if (version === null) {
    return (
      <ErrorNote
        content={{
          message: `“${props.id}” is no model version; expected a name and a number, such as churn:1.`,
          whatToDo: 'Close this tab and open the version from the list of models.',
        }}
      />
    )
  }
  return <Version key={props.id} version={version} state={props.state} />
}

function Version(props: { readonly version: VersionRef; readonly state: TabProps['state'] }) {
  const detail = useQuery(api.models.get.queryOptions({ input: props.version }))
  const failure = detail.isError ? failureOf(detail.error) : null
  if (failure?.code === 'not-found') {
    // It was deleted, here or by another process: what was read of it is nothing to act on any more.
    return (
      <EmptyState action={{ label: 'Close this tab', onClick: () => runCommand('close-tab') }}>
        {failure.message}
      </EmptyState>
    )
  }
  return (
    <div className="sw-page sw-stacked-page">
      <QueryView query={detail} loading={`Reading ${versionReference(props.version)}`}>
        {(data) => <Content detail={data} version={props.version} state={props.state} />}
      </QueryView>
    </div>
  )
}

function Content(props: {
  readonly detail: ModelDetail
  readonly version: VersionRef
  readonly state: TabProps['state']
}) {
  const { detail, version, state } = props
  const { record } = detail
  const packaging = usePackaging(version)
  const [sheet, setSheet] = useState<SheetPurpose | null>(null)
  const [tab, setTab] = useState('overview')
  const [comparing, setComparing] = useState(false)
  const [loading, setLoading] = useState(false)
  const list = useQuery(api.models.list.queryOptions())
  const comparable = (list.data ?? []).some(
    (other) => other.task === record.task && versionReference(other) !== versionReference(version),
  )
  const running = packaging.progress?.outcome.type === 'running'

  // A notebook's result card opens this tab with the wish to package.
  useEffect(() => {
    if (state?.action === 'package') setSheet('package')
    if (state?.action === 'deploy') setSheet('deploy')
  }, [state])

  const { key } = mainMetric[record.task]
  return (
    <>
      <PageHead
        title={
          <>
            {record.name} <span className="sw-models-number">v{record.version}</span>
          </>
        }
        beside={
          <>
            <CopyButton text={versionReference(version)} label={`Copy ${versionReference(version)}`} />
            <AliasEditor version={version} aliases={detail.aliases} />
            <StaleChip version={detail} />
          </>
        }
        actions={
          <>
            <Button variant="default" leftSection={<Package size={14} />} onClick={() => setSheet('package')}>
              {running
                ? `${packaging.work === 'package' ? 'Packaging' : 'Verifying'} ${formatShare(packaging.progress?.fraction)}`
                : 'Package'}
            </Button>
            <Button leftSection={<Rocket size={14} />} onClick={() => setSheet('deploy')}>
              Deploy
            </Button>
            <Button
              variant="default"
              leftSection={<GitCompareArrows size={14} />}
              disabled={!comparable}
              title={
                comparable
                  ? 'Metrics, curves and train cell beside another version'
                  : 'There is no other version of this task'
              }
              onClick={() => {
                setComparing(true)
                setTab('evaluation')
              }}
            >
              Compare
            </Button>
            <Button
              variant="default"
              leftSection={<NotebookPen size={14} />}
              onClick={() => setLoading(true)}
            >
              Load in notebook
            </Button>
            <VersionMenu detail={detail} />
          </>
        }
        below={
          <>
            <span>{taskNames[record.task]}</span>
            {record.metrics[key] !== undefined && (
              <span>
                {metricName(key)} {formatMetric(record.metrics[key], 4)}
              </span>
            )}
            <span>
              Target <code>{record.signature.target.name}</code>
            </span>
            <span>
              {record.provenance.imported ? 'Imported' : 'Trained'} <Time at={record.created} />
            </span>
          </>
        }
      />
      {detail.stale !== null && <p className="sw-models-stale">{detail.stale}</p>}
      {detail.staleUnknown !== null && <p className="sw-muted">{detail.staleUnknown}</p>}
      <VersionTabs detail={detail} tab={tab} onTab={setTab} comparing={comparing} />
      <Inspect title={`${record.name} v${record.version}`}>
        <KeyValue
          items={[
            ['Task', taskNames[record.task]],
            [metricName(key), formatMetric(record.metrics[key], 4)],
            ['Aliases', detail.aliases.length === 0 ? '–' : detail.aliases.join(', ')],
            ['Target', record.signature.target.name],
            ['Inputs', formatCounted(record.signature.inputs.length, 'column')],
            ['Rows', formatCount(record.provenance.data.rows)],
            ...(record.provenance.imported
              ? [['Imported', formatTime(record.created)] as const]
              : [
                  ['Notebook', record.provenance.notebook ?? '–'] as const,
                  ['Trained', formatTime(record.created)] as const,
                  ['Duration', formatDuration(record.durationMs)] as const,
                ]),
          ]}
        />
      </Inspect>
      <LoadInNotebook detail={detail} opened={loading} onClose={() => setLoading(false)} />
      <PackageSheet purpose={sheet} version={version} packaging={packaging} onClose={() => setSheet(null)} />
    </>
  )
}
