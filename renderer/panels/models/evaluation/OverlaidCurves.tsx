import { Select } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Comparison } from '../../../../shared/contract/evaluation.ts'
import { tokens } from '../../../theme.ts'
import { formatCounted } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useScheme } from '../../../ui/use-scheme.ts'
import { regressionCurves, type VersionReport } from './compare-figures.ts'
import {
  type CurveSeries,
  calibrationFigure,
  gainFigure,
  type PlotlyFigure,
  precisionRecallFigure,
  rocFigure,
} from './curve-figures.ts'
import { Picture } from './Picture.tsx'
import { versionTitle } from './version-title.ts'

/** The curves of the compared versions in one picture each, with the rows that they are drawn on. */
export function OverlaidCurves(props: { readonly comparison: Comparison }) {
  const { versions, curves } = props.comparison
  const colour = tokens[useScheme()]
  const labels = useMemo(() => classesOf(versions), [versions])
  const [chosen, setChosen] = useState<string | null>(null)
  const label = chosen !== null && labels.includes(chosen) ? chosen : (labels[0] ?? null)
  const pictures = useMemo(() => {
    const named = versions.map((version, i) => ({
      // Curves of other rows than their neighbours' say so where they are named.
      name:
        curves.kind === 'shared'
          ? versionTitle(version)
          : `${versionTitle(version)} (${formatCounted(curves.rows[i] ?? version.report.rows, 'row')})`,
      report: version.report,
    }))
    return [...classPictures(named, label, colour), ...regressionCurves(named, colour)]
  }, [versions, curves, label, colour])
  return (
    <Panel
      title="Curves overlaid"
      actions={
        label !== null && (
          <Select
            aria-label="Class of the curves"
            data={labels}
            value={label}
            allowDeselect={false}
            onChange={setChosen}
          />
        )
      }
    >
      <p className={curves.kind === 'shared' ? 'sw-evaluation-basis' : 'sw-models-stale'}>{curves.says}</p>
      <div className="sw-evaluation-grid" data-pairs>
        {pictures.map(([title, figure]) => (
          <Picture
            key={title}
            title={title}
            figure={figure}
            label={`${title} of ${versions.length} versions`}
          />
        ))}
      </div>
    </Panel>
  )
}

/** Classes that every version of several classes has curves of. */
function classesOf(versions: Comparison['versions']): string[] {
  const perVersion = versions.map(({ report }) =>
    report.task === 'multiclass' ? report.oneVersusRest.map((one) => String(one.label)) : [],
  )
  const [first = [], ...others] = perVersion
  return first.filter((label) => others.every((other) => other.includes(label)))
}

function classPictures(
  versions: readonly VersionReport[],
  label: string | null,
  colour: (typeof tokens)['light'],
): (readonly [string, PlotlyFigure])[] {
  const series: CurveSeries[] = versions.flatMap(({ name, report }) => {
    if (report.task === 'binary') return [{ name, report: report.positive }]
    if (report.task !== 'multiclass') return []
    const one = report.oneVersusRest.find((candidate) => String(candidate.label) === label)
    return one ? [{ name, report: one }] : []
  })
  const confident = versions.flatMap(({ name, report }) =>
    report.task === 'multiclass' ? [{ name, calibration: report.confidence }] : [],
  )
  const calibrations = series.map(({ name, report }) => ({ name, calibration: report.calibration.equalMass }))
  return [
    ...(series.length === 0
      ? []
      : [
          ['ROC', rocFigure(series, colour, null)] as const,
          ['Precision and recall', precisionRecallFigure(series, colour, null)] as const,
          ['Calibration', calibrationFigure(calibrations, colour)] as const,
          ['Cumulative gain', gainFigure(series, colour, null)] as const,
        ]),
    ...(confident.length === 0
      ? []
      : [['Calibration of the predicted class', calibrationFigure(confident, colour, 'right')] as const]),
  ]
}
