import { Select } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { MulticlassReport } from '../../../../shared/evaluation/classification-report.ts'
import { sequential, tokens } from '../../../theme.ts'
import { formatCount, formatNumber } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useScheme } from '../../../ui/use-scheme.ts'
import { CalibrationError } from './CalibrationError.tsx'
import { ClassPictures } from './ClassPictures.tsx'
import { calibrationFigure, curveLayout, shareTicks } from './curve-figures.ts'
import { Picture } from './Picture.tsx'

/** The confusion matrix of all classes, then each class against the rest. */
export function MulticlassPictures(props: { readonly report: MulticlassReport }) {
  const { report } = props
  const labels = report.oneVersusRest.map((one) => String(one.label))
  const [label, setLabel] = useState(labels[0] ?? '')
  const scheme = useScheme()
  const colour = tokens[scheme]
  const matrix = useMemo(() => {
    const names = report.matrix.map(String)
    const width = names.length
    const rows = names.map((_, a) => report.confusion.slice(a * width, (a + 1) * width))
    const shares = rows.map((row) => {
      const sum = row.reduce((a, b) => a + b, 0)
      return row.map((count) => (sum === 0 ? 0 : count / sum))
    })
    return {
      data: [
        {
          type: 'heatmap',
          x: names,
          y: names,
          z: shares,
          customdata: rows,
          zmin: 0,
          zmax: 1,
          colorscale: sequential[scheme],
          colorbar: { ...shareTicks, thickness: 10, outlinewidth: 0 },
          hovertemplate: '%{y} predicted as %{x}: %{customdata:,} rows, %{z:.1%}',
          ...(width <= 12 ? { text: rows.map((row) => row.map(formatCount)), texttemplate: '%{text}' } : {}),
        },
      ],
      layout: curveLayout(
        { type: 'category', title: { text: 'predicted' } },
        { type: 'category', autorange: 'reversed', title: { text: 'actual' } },
        false,
      ),
    }
  }, [report, scheme])
  const confidence = useMemo(
    () => calibrationFigure([{ name: 'predicted class', calibration: report.confidence }], colour, 'right'),
    [report, colour],
  )
  const shown = report.oneVersusRest.find((one) => String(one.label) === label)
  const names = useMemo(() => [`not ${label}`, label] as const, [label])
  return (
    <>
      <div className="sw-evaluation-grid">
        <Picture
          title="Confusion matrix"
          figure={matrix}
          height={340}
          note="shares of each actual class"
          label={`Confusion matrix of ${report.classes.length} classes`}
        />
        <Picture
          title="Calibration of the predicted class"
          figure={confidence}
          height={340}
          note={<CalibrationError error={report.confidence.error} />}
          label={`Calibration, expected error ${formatNumber(report.confidence.error, 3)}`}
        />
      </div>
      <Panel
        title="One class against the rest"
        actions={
          <Select
            aria-label="Class"
            data={labels}
            value={label}
            allowDeselect={false}
            onChange={(value) => value !== null && setLabel(value)}
          />
        }
      >
        {shown && <ClassPictures key={label} report={shown} names={names} />}
      </Panel>
    </>
  )
}
