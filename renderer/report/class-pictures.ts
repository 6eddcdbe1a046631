import type { ClassReport } from '../../shared/evaluation/classification-report.ts'
import {
  type CostMatrix,
  cheapestThreshold,
  equalCosts,
  totalCost,
} from '../../shared/evaluation/cost-matrix.ts'
import { confusionAt } from '../../shared/evaluation/threshold-counts.ts'
import { gainCurve, precisionRecallCurve, rocCurve } from '../../shared/evaluation/threshold-curves.ts'
import { card, chart, html, legend, type Series, short } from './svg.ts'

const accent = 'var(--accent)'
const base = 'var(--base)'
const unit: readonly [number, number] = [0, 1]
const diagonal: Series = { kind: 'line', x: [0, 1], y: [0, 1], colour: base, width: 1, dashed: true }

const kinds = ['truePositive', 'falseNegative', 'falsePositive', 'trueNegative'] as const

function number(value: number, label: string, change: (value: number) => void): HTMLInputElement {
  const input = html('input', { type: 'number', step: 'any', value, 'aria-label': label })
  input.addEventListener('input', () => {
    if (Number.isFinite(input.valueAsNumber)) change(input.valueAsNumber)
  })
  return input
}

/** All pictures of one class against the rest, with one movable threshold. */
export function classPictures(report: ClassReport, names: readonly [string, string]): HTMLElement {
  const { thresholds, calibration, scores } = report
  let threshold = 0.5
  let costs: CostMatrix = equalCosts
  const roc = rocCurve(thresholds)
  const precision = precisionRecallCurve(thresholds)
  const gain = gainCurve(thresholds)
  const rate = thresholds.positives / Math.max(thresholds.positives + thresholds.negatives, 1)
  const matrix = html('div', {})
  const pictures = html('div', { class: 'grid' })
  const slider = html('input', {
    type: 'range',
    min: 0,
    max: 1,
    step: 0.001,
    value: threshold,
    'aria-label': 'Threshold',
  })
  const shown = html('output', {})
  const cheapest = html('button', { type: 'button' })
  const lift = Math.max(...gain.map((point) => point.lift), 1)
  const middles = scores.edges.slice(1).map((to, i) => (to + scores.edges[i]!) / 2)
  const tallest = Math.max(...scores.counts.flat(), 1)

  const atThreshold = <T extends { readonly threshold: number }>(
    points: readonly T[],
    x: (p: T) => number,
    y: (p: T) => number,
  ): Series[] => {
    const point = points.findLast((one) => one.threshold >= threshold)
    return point ? [{ kind: 'points', x: [x(point)], y: [y(point)], colour: 'var(--s4)', width: 5 }] : []
  }
  const draw = () => {
    const best = cheapestThreshold(thresholds, costs)
    const found = confusionAt(thresholds, threshold)
    const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = found
    const part = (some: number, whole: number) => (whole === 0 ? '–' : `${short((100 * some) / whole)} %`)
    shown.textContent = threshold.toFixed(3)
    cheapest.textContent = `Cheapest: ${short(Math.min(best.threshold, 1))}`
    cheapest.onclick = () => move(best.threshold)
    const row = (actual: string, a: number, b: number) =>
      html(
        'tr',
        {},
        html('th', {}, actual),
        html('td', { class: 'n' }, a.toLocaleString('en-US')),
        html('td', { class: 'n' }, b.toLocaleString('en-US')),
      )
    matrix.replaceChildren(
      html(
        'table',
        {},
        html(
          'tr',
          {},
          html('th', {}),
          html('th', { class: 'n' }, `predicted ${names[1]}`),
          html('th', { class: 'n' }, `predicted ${names[0]}`),
        ),
        row(`actually ${names[1]}`, tp, fn),
        row(`actually ${names[0]}`, fp, tn),
      ),
      html(
        'p',
        {},
        `Accuracy ${part(tp + tn, tp + tn + fp + fn)} · precision ${part(tp, tp + fp)} · recall ${part(tp, tp + fn)} · cost ${short(totalCost(found, costs))} (lowest ${short(best.cost)})`,
      ),
    )
    const share = { xRange: unit, yRange: unit }
    pictures.replaceChildren(
      card(
        'ROC',
        `AUC ${short(report.auc ?? Number.NaN)}`,
        chart({ ...share, x: 'false positive rate', y: 'true positive rate', label: 'ROC curve' }, [
          diagonal,
          {
            kind: 'line',
            x: roc.map((p) => p.falsePositiveRate),
            y: roc.map((p) => p.truePositiveRate),
            colour: accent,
          },
          ...atThreshold(
            roc,
            (p) => p.falsePositiveRate,
            (p) => p.truePositiveRate,
          ),
        ]),
      ),
      card(
        'Precision and recall',
        `average precision ${short(report.averagePrecision ?? Number.NaN)}`,
        chart({ ...share, x: 'recall', y: 'precision', label: 'Precision by recall' }, [
          {
            kind: 'line',
            x: [0, 1],
            y: [rate, rate],
            colour: base,
            width: 1,
            dashed: true,
          },
          {
            kind: 'steps',
            x: precision.map((p) => p.recall),
            y: precision.map((p) => p.precision),
            colour: accent,
          },
          ...atThreshold(
            precision,
            (p) => p.recall,
            (p) => p.precision,
          ),
        ]),
      ),
      card(
        'Calibration',
        `calibration error ${short(calibration.equalMass.error)} (equal rows), ${short(calibration.equalWidth.error)} (equal widths) · Brier ${short(report.brier)}`,
        legend([
          ['bins of equal rows', accent],
          ['bins of equal widths', 'var(--s2)'],
        ]),
        chart({ ...share, x: 'mean score', y: 'share that is positive', label: 'Calibration' }, [
          diagonal,
          ...(
            [
              [calibration.equalMass, accent],
              [calibration.equalWidth, 'var(--s2)'],
            ] as const
          ).flatMap(([one, colour]): Series[] => {
            const x = one.bins.map((bin) => bin.predicted)
            const y = one.bins.map((bin) => bin.actual)
            const titles = one.bins.map(
              (bin) => `predicted ${short(bin.predicted)}, found ${short(bin.actual)} in ${bin.rows} rows`,
            )
            return [
              { kind: 'line', x, y, colour },
              { kind: 'points', x, y, colour, titles },
            ]
          }),
        ]),
      ),
      card(
        'Scores by class',
        'dashed: the threshold',
        legend([
          [names[0], base],
          [names[1], accent],
        ]),
        chart(
          { xRange: unit, yRange: [0, tallest * 1.05], x: 'score', y: 'rows', label: 'Scores by class' },
          [
            {
              kind: 'bars',
              x: middles,
              y: scores.counts[0] ?? [],
              colour: base,
              opacity: 0.6,
              name: names[0],
            },
            {
              kind: 'bars',
              x: middles,
              y: scores.counts[1] ?? [],
              colour: accent,
              opacity: 0.6,
              name: names[1],
            },
            {
              kind: 'line',
              x: [threshold, threshold],
              y: [0, tallest],
              colour: 'var(--text)',
              width: 1,
              dashed: true,
            },
          ],
        ),
      ),
      card(
        'Cumulative gain',
        'positives found by rows taken, best scores first',
        chart({ ...share, x: 'rows taken', y: 'positives found', label: 'Cumulative gain' }, [
          diagonal,
          {
            kind: 'line',
            x: [0, ...gain.map((p) => p.share)],
            y: [0, ...gain.map((p) => p.gain)],
            colour: accent,
          },
          ...atThreshold(
            gain,
            (p) => p.share,
            (p) => p.gain,
          ),
        ]),
      ),
      card(
        'Lift',
        'times as many positives as in rows drawn blindly',
        chart({ xRange: unit, yRange: [0, lift * 1.05], x: 'rows taken', y: 'lift', label: 'Lift' }, [
          { kind: 'line', x: [0, 1], y: [1, 1], colour: base, width: 1, dashed: true },
          { kind: 'line', x: gain.map((p) => p.share), y: gain.map((p) => p.lift), colour: accent },
          ...atThreshold(
            gain,
            (p) => p.share,
            (p) => p.lift,
          ),
        ]),
      ),
    )
  }
  const move = (to: number) => {
    threshold = to
    slider.value = String(to)
    draw()
  }
  slider.addEventListener('input', () => move(slider.valueAsNumber))
  const inputs = kinds.map((kind) =>
    html(
      'label',
      {},
      `cost of a ${kind.replace(/[A-Z]/, (letter) => ` ${letter.toLowerCase()}`)}`,
      number(costs[kind], kind, (cost) => {
        costs = { ...costs, [kind]: cost }
        draw()
      }),
    ),
  )
  draw()
  return html(
    'section',
    {},
    html(
      'div',
      { class: 'card' },
      html('div', { class: 'row' }, html('label', {}, 'Threshold'), slider, shown, cheapest),
      html('div', { class: 'row' }, ...inputs),
      matrix,
    ),
    html('div', { class: 'row' }),
    pictures,
  )
}
