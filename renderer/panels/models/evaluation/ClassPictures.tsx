import { SegmentedControl } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { ClassReport } from '../../../../shared/evaluation/classification-report.ts'
import { tokens } from '../../../theme.ts'
import { formatMetric, formatNumber } from '../../../ui/format.ts'
import { useScheme } from '../../../ui/use-scheme.ts'
import { CalibrationError } from './CalibrationError.tsx'
import {
  calibrationFigure,
  gainFigure,
  liftFigure,
  precisionRecallFigure,
  rocFigure,
  scoresFigure,
} from './curve-figures.ts'
import { Picture } from './Picture.tsx'
import { ThresholdPanel } from './ThresholdPanel.tsx'

/** Everything that can be seen of one class against the rest; one threshold moves through all of it. */
export function ClassPictures(props: {
  readonly report: ClassReport
  /** [negative, positive] */
  readonly names: readonly [string, string]
}) {
  const { report, names } = props
  const [threshold, setThreshold] = useState(0.5)
  const [rule, setRule] = useState<'equalMass' | 'equalWidth'>('equalMass')
  const colour = tokens[useScheme()]
  const figures = useMemo(() => {
    const series = [{ name: names[1], report }]
    return {
      roc: rocFigure(series, colour, threshold),
      precisionRecall: precisionRecallFigure(series, colour, threshold),
      gain: gainFigure(series, colour, threshold),
      lift: liftFigure(series, colour, threshold),
      scores: scoresFigure(report, names, colour, threshold),
    }
  }, [report, names, colour, threshold])
  const calibration = report.calibration[rule]
  const reliability = useMemo(
    () => calibrationFigure([{ name: names[1], calibration }], colour),
    [calibration, names, colour],
  )
  const auc = formatMetric(report.auc)
  const precision = formatMetric(report.averagePrecision)
  const error = formatNumber(calibration.error, 3)
  return (
    <>
      <ThresholdPanel report={report} names={names} threshold={threshold} onThreshold={setThreshold} />
      <div className="sw-evaluation-grid">
        <Picture title="ROC" figure={figures.roc} note={`AUC ${auc}`} label={`ROC curve, area ${auc}`} />
        <Picture
          title="Precision and recall"
          figure={figures.precisionRecall}
          note={`average precision ${precision}`}
          label={`Precision by recall, average precision ${precision}`}
        />
        <Picture
          title="Calibration"
          figure={reliability}
          note={
            <span className="sw-evaluation-calibration">
              <CalibrationError error={calibration.error} />
              <span title="Brier score: mean squared distance of scores from 0 and 1; less is better">
                Brier {formatNumber(report.brier, 3)}
              </span>
              <SegmentedControl
                aria-label="Bins of equal"
                title="Bins of equally many rows, or of equal width"
                data={[
                  { value: 'equalMass', label: 'rows' },
                  { value: 'equalWidth', label: 'widths' },
                ]}
                value={rule}
                onChange={setRule}
              />
            </span>
          }
          label={`Calibration, expected error ${error}`}
        />
        <Picture
          title="Scores by class"
          figure={figures.scores}
          label={`Distribution of scores of ${names[0]} and ${names[1]}`}
        />
        <Picture
          title="Cumulative gain"
          figure={figures.gain}
          label="Share of positives found by share of rows taken"
        />
        <Picture title="Lift" figure={figures.lift} label="Lift by share of rows taken" />
      </div>
    </>
  )
}
