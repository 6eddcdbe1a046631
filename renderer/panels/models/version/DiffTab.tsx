import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type ColumnChanges,
  type DiffSection,
  describeColumnChanges,
  diffSections,
  type VersionDiff,
} from '../../../../shared/catalog/diff-versions.ts'
import type { ModelVersion } from '../../../../shared/catalog/version.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { metricName } from '../../../../shared/metrics/metric-name.ts'
import { api } from '../../../client.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { formatCounted, formatMetric } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { QueryView } from '../../../ui/QueryView.tsx'
import { versionFromId, versionReference } from '../version-id.ts'
import { plainValue } from './plain-value.ts'

const sectionNames: Record<DiffSection, string> = {
  spec: 'Train cell',
  signature: 'Signature',
  metrics: 'Metrics',
  provenance: 'Provenance',
  files: 'Files',
}

/** What differs between this version and any other, part by part. */
export function DiffTab(props: { readonly record: ModelVersion }) {
  const { name, version } = props.record
  const after: VersionRef = { name, version }
  const list = useQuery(api.models.list.queryOptions())
  const [chosen, setChosen] = useState<string | null>(null)
  const others = (list.data ?? [])
    .filter((other) => other.name !== name || other.version !== version)
    .toSorted((a, b) => Number(b.name === name) - Number(a.name === name))
    .map(versionReference)
  const earlier = others.find((other) => other === `${name}:${version - 1}`) ?? others[0]
  const before = versionFromId(chosen ?? earlier ?? '')
  if (list.data !== undefined && before === null) {
    return <EmptyState>There is no other version to compare with yet.</EmptyState>
  }
  return (
    <div className="sw-models-tab">
      <Select
        label="Compared with"
        className="sw-models-against"
        searchable
        allowDeselect={false}
        data={others}
        value={chosen ?? earlier ?? null}
        onChange={setChosen}
      />
      {before !== null && <Differences before={before} after={after} />}
    </div>
  )
}

function Differences(props: { readonly before: VersionRef; readonly after: VersionRef }) {
  const { before, after } = props
  const diff = useQuery(api.models.diff.queryOptions({ input: { before, after } }))
  return (
    <QueryView query={diff} loading="Comparing">
      {(found) => (
        <>
          <Columns changes={found.diff.columns} />
          {diffSections.map((section) => (
            <Section
              key={section}
              section={section}
              differences={found.diff[section]}
              heads={[versionReference(before), versionReference(after)]}
            />
          ))}
        </>
      )}
    </QueryView>
  )
}

/** Said first: a column that is gone breaks whoever sends the earlier version's requests. */
function Columns({ changes }: { readonly changes: ColumnChanges }) {
  const words = describeColumnChanges(changes)
  if (words === null) return null
  return (
    <Panel title="Columns of requests">
      <p>{words}</p>
    </Panel>
  )
}

function Section(props: {
  readonly section: DiffSection
  readonly differences: VersionDiff[DiffSection]
  readonly heads: readonly [string, string]
}) {
  const { section, differences, heads } = props
  if (differences.length === 0) {
    return (
      <Panel title={sectionNames[section]}>
        <p className="sw-muted">No difference.</p>
      </Panel>
    )
  }
  return (
    <Panel title={`${sectionNames[section]}: ${formatCounted(differences.length, 'difference')}`}>
      <div className="sw-models-scroll">
        <table className="sw-table sw-models-diff">
          <thead>
            <tr>
              <th>What</th>
              {heads.map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {differences.map(({ path, before, after }) => (
              <tr key={path}>
                <td>{section === 'metrics' ? metricName(path) : <code>{path}</code>}</td>
                <td className="sw-models-before">
                  <Value section={section} text={before} />
                </td>
                <td>
                  <Value section={section} text={after} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

/** Metrics as everywhere else, the exact one on hover. */
function Value(props: { readonly section: DiffSection; readonly text: string | null }) {
  const { section, text } = props
  if (text === null) return '–'
  return section === 'metrics' ? <span title={text}>{formatMetric(Number(text))}</span> : plainValue(text)
}
