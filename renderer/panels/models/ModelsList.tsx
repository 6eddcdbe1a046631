import { ActionIcon, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Package } from 'lucide-react'
import { useState } from 'react'
import type { SortOrder } from '../../../shared/catalog/filter-models.ts'
import { kindName } from '../../../shared/catalog/kind-name.ts'
import type { ModelSummary } from '../../../shared/contract/models.ts'
import { metricName } from '../../../shared/metrics/metric-name.ts'
import { mainMetric } from '../../../shared/metrics/metrics.ts'
import { api } from '../../client.ts'
import { NoModelYet } from '../../shell/NoModelYet.tsx'
import { openTab } from '../../shell/open-tab.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatCounted, formatMetric } from '../../ui/format.ts'
import { QueryView } from '../../ui/QueryView.tsx'
import { SideItem, SideList } from '../../ui/SideList.tsx'
import { Time } from '../../ui/Time.tsx'
import { AliasChip } from './aliases/AliasChip.tsx'
import { ImportModel } from './importing/ImportModel.tsx'
import { groupModels, type ModelGroup } from './list/group-models.ts'
import { everyModel, type ListFilter } from './list/list-filter.ts'
import { ModelFilters } from './list/ModelFilters.tsx'
import { StaleChip } from './StaleChip.tsx'
import { taskNames } from './task-names.ts'
import './models.css'

/** The catalog beside the tabs: models, and under each its versions, newest first. */
export function ModelsList() {
  const [shown, setShown] = useState<ListFilter>(everyModel)
  const { filter } = shown
  const [order, setOrder] = useState<SortOrder>('name')
  const models = useQuery(api.models.list.queryOptions())
  const damaged = useQuery(api.models.damaged.queryOptions()).data ?? []
  return (
    <SideList
      title="Models"
      actions={
        <>
          <ImportModel />
          <ModelFilters
            models={models.data ?? []}
            shown={shown}
            onShown={setShown}
            order={order}
            onOrder={setOrder}
          />
        </>
      }
      search={{
        value: filter.text,
        onChange: (text) => setShown({ ...shown, filter: { ...filter, text } }),
        label: 'Find by name, tag or column',
      }}
    >
      <QueryView query={models} loading="Reading the catalog">
        {(versions) => {
          if (versions.length === 0 && damaged.length === 0)
            return (
              <NoModelYet>
                A model appears here when a train cell of a notebook has run, or when you import one from
                Python.
              </NoModelYet>
            )
          const groups = groupModels(versions, filter, order)
          return (
            <>
              {damaged.map(({ name, version, problem, whatToDo }) => (
                <ErrorNote key={`${name}:${version}`} content={{ message: problem, whatToDo }} />
              ))}
              {groups.map((group) => (
                <Group key={group.name} group={group} />
              ))}
              {groups.length === 0 && versions.length > 0 && (
                <EmptyState action={{ label: 'Show all models', onClick: () => setShown(everyModel) }}>
                  No model fits the search.
                </EmptyState>
              )}
            </>
          )
        }}
      </QueryView>
    </SideList>
  )
}

/** How many versions stand under a model until one asks for all. */
const shownVersions = 4

function Group(props: { readonly group: ModelGroup }) {
  const { group } = props
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState(true)
  const shown = all ? group.versions : group.versions.slice(0, shownVersions)
  return (
    <>
      <SideItem
        onOpen={() => setOpen(!open)}
        expanded={open}
        icon={open ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
        end={<span className="sw-muted">{taskNames[group.task]}</span>}
      >
        <strong>{group.name}</strong>
      </SideItem>
      {open && shown.map((version) => <VersionItem key={version.version} version={version} />)}
      {open && group.versions.length > shown.length && (
        <SideItem depth={1} onOpen={() => setAll(true)}>
          <span className="sw-muted">
            {formatCounted(group.versions.length - shown.length, 'more version')}
          </span>
        </SideItem>
      )}
    </>
  )
}

function VersionItem(props: { readonly version: ModelSummary }) {
  const { version } = props
  const { key } = mainMetric[version.task]
  const reason = version.stale ?? version.staleUnknown
  const open = (state?: Record<string, unknown>) =>
    openTab({
      kind: 'model',
      id: `${version.name}:${version.version}`,
      title: `${version.name} v${version.version}`,
      ...(state ? { state } : {}),
    })
  return (
    <SideItem
      depth={1}
      onOpen={() => open()}
      actions={
        <Tooltip label={`Package ${version.name} v${version.version}`}>
          <ActionIcon
            size="sm"
            aria-label={`Package ${version.name} v${version.version}`}
            onClick={() => open({ action: 'package' })}
          >
            <Package size={14} />
          </ActionIcon>
        </Tooltip>
      }
      title={`${version.name} version ${version.version}${reason === null ? '' : `: ${reason}`}`}
      end={
        version.metrics[key] !== undefined && (
          <span className="sw-models-metric" title={`${metricName(key)} on the test split`}>
            <span className="sw-muted">{metricName(key)}</span> {formatMetric(version.metrics[key], 3)}
          </span>
        )
      }
      below={
        <>
          <StaleChip version={version} /> <Time at={version.created} /> ·{' '}
          {[kindName(version.kind), ...version.tags].join(' · ')}
        </>
      }
    >
      <span className="sw-models-version">
        <span>v{version.version}</span>
        {version.aliases.map((alias) => (
          <AliasChip key={alias} alias={alias} />
        ))}
      </span>
    </SideItem>
  )
}
