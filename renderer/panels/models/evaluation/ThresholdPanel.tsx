import { Button, NumberInput, Slider } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { ClassReport } from '../../../../shared/evaluation/classification-report.ts'
import {
  type CostMatrix,
  cheapestThreshold,
  equalCosts,
  totalCost,
} from '../../../../shared/evaluation/cost-matrix.ts'
import { confusionAt } from '../../../../shared/evaluation/threshold-counts.ts'
import { Figure } from '../../../ui/Figure.tsx'
import { formatCount, formatNumber, formatShare } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'

const cells = [
  { kind: 'truePositive', count: 'truePositives', name: 'true positive', right: true },
  { kind: 'falseNegative', count: 'falseNegatives', name: 'false negative', right: false },
  { kind: 'falsePositive', count: 'falsePositives', name: 'false positive', right: false },
  { kind: 'trueNegative', count: 'trueNegatives', name: 'true negative', right: true },
] as const

/** The confusion matrix where the slider is, and what it costs. */
export function ThresholdPanel(props: {
  readonly report: ClassReport
  readonly names: readonly [string, string]
  readonly threshold: number
  readonly onThreshold: (threshold: number) => void
}) {
  const { report, names, threshold, onThreshold } = props
  const [costs, setCosts] = useState<CostMatrix>(equalCosts)
  const confusion = confusionAt(report.thresholds, threshold)
  const best = useMemo(() => cheapestThreshold(report.thresholds, costs), [report, costs])
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion
  const rows = truePositives + falsePositives + falseNegatives + trueNegatives
  const part = (some: number, whole: number) => (whole === 0 ? '–' : formatShare(some / whole))
  const of = (kind: (typeof cells)[number]['kind']) => {
    const cell = cells.find((candidate) => candidate.kind === kind)!
    const value = confusion[cell.count]
    return (
      <td className="sw-evaluation-cell" data-right={cell.right || undefined}>
        <b>{formatCount(value)}</b>
        <span>
          {cell.name} · {part(value, rows)}
        </span>
        <NumberInput
          aria-label={`Cost of a ${cell.name}`}
          leftSection={<span className="sw-evaluation-unit">cost</span>}
          leftSectionWidth={38}
          hideControls
          value={costs[kind]}
          onChange={(cost) => typeof cost === 'number' && setCosts({ ...costs, [kind]: cost })}
        />
      </td>
    )
  }
  return (
    <Panel title="Confusion matrix">
      <div className="sw-evaluation-threshold">
        <label htmlFor="sw-threshold">Threshold</label>
        <Slider
          id="sw-threshold"
          thumbLabel="Threshold"
          min={0}
          max={1}
          step={0.001}
          value={Math.min(threshold, 1)}
          onChange={onThreshold}
          label={(value) => value.toFixed(3)}
        />
        <NumberInput
          aria-label="Threshold as a number"
          min={0}
          max={1}
          step={0.01}
          decimalScale={3}
          value={Math.round(Math.min(threshold, 1) * 1000) / 1000}
          onChange={(value) => typeof value === 'number' && onThreshold(value)}
        />
        <Button variant="light" onClick={() => onThreshold(best.threshold)}>
          Cheapest: {formatNumber(Math.min(best.threshold, 1), 3)}
        </Button>
      </div>
      <div className="sw-evaluation-split">
        <table className="sw-table sw-evaluation-confusion">
          <thead>
            <tr>
              <td />
              <th>predicted {names[1]}</th>
              <th>predicted {names[0]}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">actually {names[1]}</th>
              {of('truePositive')}
              {of('falseNegative')}
            </tr>
            <tr>
              <th scope="row">actually {names[0]}</th>
              {of('falsePositive')}
              {of('trueNegative')}
            </tr>
          </tbody>
        </table>
        <div className="sw-evaluation-figures">
          <Figure label="Accuracy">{part(truePositives + trueNegatives, rows)}</Figure>
          <Figure label="Precision">{part(truePositives, truePositives + falsePositives)}</Figure>
          <Figure label="Recall">{part(truePositives, truePositives + falseNegatives)}</Figure>
          <Figure label="Predicted positive">{part(truePositives + falsePositives, rows)}</Figure>
          <Figure label="Total cost" note={`lowest ${formatNumber(best.cost)}`}>
            {formatNumber(totalCost(confusion, costs))}
          </Figure>
        </div>
      </div>
    </Panel>
  )
}
