import { Button, MultiSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { VersionEvaluation } from '../../../../shared/contract/evaluation.ts'
import type { ModelDetail, VersionRef } from '../../../../shared/contract/models.ts'
import { api, engine } from '../../../client.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { formatCount, formatCounted } from '../../../ui/format.ts'
import { QueryView } from '../../../ui/QueryView.tsx'
import { nearestVersion, versionFromId, versionReference } from '../version-id.ts'
import { ClassPictures } from './ClassPictures.tsx'
import { CompareVersions } from './CompareVersions.tsx'
import { DependencePanel, ImportancePanel } from './InspectionPanels.tsx'
import { MulticlassPictures } from './MulticlassPictures.tsx'
import { RegressionPictures } from './RegressionPictures.tsx'
import { ShapPanel } from './ShapPanel.tsx'
import { SlicesPanel } from './SlicesPanel.tsx'
import './evaluation.css'

/** How good the version is on rows it never saw, and beside other versions. */
export function EvaluationTab(props: { readonly detail: ModelDetail; readonly comparing: boolean }) {
  const { record } = props.detail
  const version = useMemo(() => ({ name: record.name, version: record.version }), [record])
  // Without the answers to any rows there is nothing to measure, which is no failure.
  const measured = !record.provenance.imported || record.split.test > 0
  const query = useQuery(api.evaluation.get.queryOptions({ input: version, enabled: measured }))
  if (!measured) {
    return (
      <div className="sw-models-tab">
        <EmptyState>
          {versionReference(version)} was imported without rows whose answers are known. Import it again with
          data and the column of its answers, and its curves are drawn here.
        </EmptyState>
      </div>
    )
  }
  return (
    <div className="sw-models-tab">
      <QueryView query={query} loading="Reading the evaluation">
        {(evaluation) => (
          <Evaluated
            evaluation={evaluation}
            version={version}
            target={record.signature.target.name}
            comparing={props.comparing}
          />
        )}
      </QueryView>
    </div>
  )
}

function save(name: string, html: string): void {
  const url = URL.createObjectURL(new Blob([html], { type: 'text/html' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

function Evaluated(props: {
  readonly evaluation: VersionEvaluation
  readonly version: VersionRef
  readonly target: string
  readonly comparing: boolean
}) {
  const { evaluation, version, target, comparing } = props
  const { report, heldOut } = evaluation
  const [chosen, setChosen] = useState<string[] | null>(null)
  const list = useQuery(api.models.list.queryOptions())
  const exported = useMutation({
    mutationFn: () => engine.evaluation.exportHtml(version),
    onSuccess: ({ name, html }) => save(name, html),
  })
  const choices = (list.data ?? [])
    .filter((other) => other.task === report.task)
    .map((other) => versionReference(other))
    .filter((reference) => reference !== versionReference(version))
  // Whoever asked to compare means the version before, or the nearest there is, until they say otherwise.
  const nearest = nearestVersion(version, choices)
  const others = chosen ?? (comparing && nearest !== null ? [nearest] : [])
  const compared = others.flatMap((id) => versionFromId(id) ?? [])
  // A text has no values to vary one by one.
  const varied = useMemo(
    () =>
      heldOut.columns
        .filter(({ role, kind }) => role === 'feature' && kind !== 'text')
        .map(({ name }) => name),
    [heldOut],
  )
  return (
    <>
      <div className="sw-evaluation-bar">
        <span>
          {formatCounted(report.rows, heldOut.origin === 'given' ? 'given row' : 'held-out row')}
          {heldOut.rows < heldOut.of &&
            `, ${formatCount(heldOut.rows)} of them kept for slices and importance`}
          {heldOut.origin === 'given' && '. Whether the model saw them in training is not known'}
        </span>
        <MultiSelect
          aria-label="Compare with"
          placeholder={others.length === 0 ? 'Compare with…' : ''}
          data={choices}
          value={others}
          maxValues={5}
          clearable
          disabled={choices.length === 0}
          onChange={setChosen}
        />
        <Button
          variant="default"
          leftSection={<Download size={14} />}
          loading={exported.isPending}
          onClick={() => exported.mutate()}
        >
          Export HTML
        </Button>
      </div>
      {exported.isError && <ErrorNote error={exported.error} />}
      {compared.length > 0 && <CompareVersions versions={[version, ...compared]} />}
      <h2 className="sw-visually-hidden">Pictures</h2>
      <Pictures evaluation={evaluation} target={target} />
      <SlicesPanel version={version} evaluation={evaluation} />
      <ImportancePanel version={version} />
      {varied.length > 0 && <DependencePanel version={version} columns={varied} />}
      {evaluation.trees && (
        <ShapPanel
          version={version}
          rows={heldOut.rows}
          classes={report.task === 'multiclass' ? report.classes.map(String) : []}
        />
      )}
    </>
  )
}

function Pictures(props: { readonly evaluation: VersionEvaluation; readonly target: string }) {
  const { report } = props.evaluation
  const names = useMemo(
    () =>
      report.task === 'binary'
        ? ([String(report.classes[0]), String(report.classes[1])] as const)
        : (['', ''] as const),
    [report],
  )
  switch (report.task) {
    case 'binary':
      return <ClassPictures report={report.positive} names={names} />
    case 'multiclass':
      return <MulticlassPictures report={report} />
    case 'regression':
      return <RegressionPictures report={report} target={props.target} />
  }
}
