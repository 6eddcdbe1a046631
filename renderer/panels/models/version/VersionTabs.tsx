import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { EvaluationTab } from '../evaluation/EvaluationTab.tsx'
import { SignatureTab } from '../signature/SignatureTab.tsx'
import { ArtifactsTab } from './ArtifactsTab.tsx'
import { ChecksTab } from './ChecksTab.tsx'
import { CoefficientTable } from './CoefficientTable.tsx'
import { DiffTab } from './DiffTab.tsx'
import { HistoryTab } from './HistoryTab.tsx'
import { OverviewTab } from './OverviewTab.tsx'
import { ProvenanceTab } from './ProvenanceTab.tsx'
import { TrainingTab } from './TrainingTab.tsx'

interface VersionTab {
  readonly value: string
  readonly label: string
  /** Something is written there, which a look at another tab must not lose. */
  readonly kept?: boolean
  /** Null where the version has nothing of the kind: then there is no such tab. */
  readonly content: (detail: ModelDetail, comparing: boolean) => ReactNode
}

/** The tabs of a version's page, in their order: each is one component in a file of its own. */
const tabs: readonly VersionTab[] = [
  {
    value: 'overview',
    label: 'Overview',
    kept: true,
    content: (detail) => <OverviewTab detail={detail} />,
  },
  {
    value: 'evaluation',
    label: 'Evaluation',
    content: (detail, comparing) => <EvaluationTab detail={detail} comparing={comparing} />,
  },
  {
    value: 'training',
    label: 'Training',
    // What was trained elsewhere brings no split, no loss and no train cell along.
    content: ({ record }) => (record.provenance.imported ? null : <TrainingTab record={record} />),
  },
  {
    value: 'coefficients',
    label: 'Coefficients',
    content: ({ coefficients, record }) =>
      coefficients && <CoefficientTable coefficients={coefficients} signature={record.signature} />,
  },
  { value: 'signature', label: 'Signature', content: (detail) => <SignatureTab detail={detail} /> },
  { value: 'provenance', label: 'Provenance', content: (detail) => <ProvenanceTab record={detail.record} /> },
  { value: 'checks', label: 'Checks', content: (detail) => <ChecksTab detail={detail} /> },
  { value: 'artifacts', label: 'Artifacts', content: (detail) => <ArtifactsTab detail={detail} /> },
  { value: 'diff', label: 'Diff', content: (detail) => <DiffTab record={detail.record} /> },
  { value: 'history', label: 'History', content: (detail) => <HistoryTab detail={detail} /> },
]

export function VersionTabs(props: {
  readonly detail: ModelDetail
  readonly tab: string
  readonly onTab: (tab: string) => void
  /** Evaluation begins with another version beside this one. */
  readonly comparing: boolean
}) {
  const shown = tabs
    .map((tab) => ({ ...tab, content: tab.content(props.detail, props.comparing) }))
    .filter((tab) => tab.content !== null)
  return (
    <Tabs value={props.tab} onChange={(tab) => props.onTab(tab ?? 'overview')} keepMounted={false}>
      <Tabs.List>
        {shown.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(({ value, content, kept = false }) => (
        <Tabs.Panel key={value} value={value} keepMounted={kept}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
