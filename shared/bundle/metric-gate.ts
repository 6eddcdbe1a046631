import { z } from 'zod'
import { Failure } from '../failure.ts'
import { type MetricKey, type Metrics, metricKeys } from '../metrics/metrics.ts'
import type { Check } from './check.ts'

/**
 * A bound that a metric has to keep before a version may leave: a number, or the champion's value on the same rows,
 * changed by a sum or a factor.
 */
export interface MetricGate {
  readonly metric: MetricKey
  readonly relation: '>=' | '<='
  readonly bound:
    | { readonly kind: 'value'; readonly value: number }
    | { readonly kind: 'champion'; readonly factor: number; readonly plus: number }
}

const examples =
  'Write it like "auc >= 0.8", "rmse <= 600", "auc >= champion - 0.01" or "rmse <= champion * 1.02".'

const form =
  /^\s*([A-Za-z0-9]+)\s*(>=|<=)\s*(?:(champion)\s*(?:([+*-])\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?))?|([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?))\s*$/i

/** @throws Failure `invalid-input` saying what is not of the form */
export function parseGate(text: string): MetricGate {
  const match = form.exec(text)
  if (!match) throw new Failure('invalid-input', `"${text}" is not a metric gate.`, examples)
  const [, name = '', relation = '', champion, sign, amount, value] = match
  const metric = metricKeys.find((key) => key.toLowerCase() === name.toLowerCase())
  if (metric === undefined) {
    throw new Failure(
      'invalid-input',
      `"${text}" names the metric ${name}; there are ${metricKeys.join(', ')}.`,
      examples,
    )
  }
  const direction = relation === '>=' ? '>=' : '<='
  if (champion === undefined) {
    return { metric, relation: direction, bound: { kind: 'value', value: Number(value) } }
  }
  const by = Number(amount ?? 0)
  const factor = sign === '*' ? by : 1
  const plus = sign === '+' ? by : sign === '-' && by !== 0 ? -by : 0
  return { metric, relation: direction, bound: { kind: 'champion', factor, plus } }
}

/** The text that `parseGate` reads as this gate. */
export function gateText({ metric, relation, bound }: MetricGate): string {
  if (bound.kind === 'value') return `${metric} ${relation} ${bound.value}`
  if (bound.factor !== 1) return `${metric} ${relation} champion * ${bound.factor}`
  if (bound.plus === 0) return `${metric} ${relation} champion`
  return `${metric} ${relation} champion ${bound.plus < 0 ? '-' : '+'} ${Math.abs(bound.plus)}`
}

export const gateTextSchema = z.string().superRefine((text, context) => {
  try {
    parseGate(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
  }
})

/** Metrics of a version and of the champion, on the held-out rows of that version. */
export interface GateMetrics {
  readonly own: Metrics
  readonly rows: number
  /** Null: there is none to compare with, for the reason in `noChampion`. */
  readonly champion: { readonly version: number; readonly metrics: Metrics } | null
  readonly noChampion?: string
}

const figure = (value: number) => String(Number(value.toPrecision(5)))

/** One named check a gate. A gate that needs a champion is not tested where there is none. */
export function gateCheck(gate: MetricGate, measured: GateMetrics): Check {
  const { own, rows, champion } = measured
  const name = `Gate ${gateText(gate)}`
  const value = own[gate.metric]
  if (value === undefined) {
    const have = Object.keys(own).join(', ')
    return { name, status: 'failed', detail: `this version has no ${gate.metric}; it has ${have}` }
  }
  const of = `${figure(value)} on ${rows.toLocaleString('en-US')} held-out rows`
  const status = (bound: number) => {
    const kept = gate.relation === '>=' ? value >= bound : value <= bound
    return kept ? 'passed' : 'failed'
  }
  if (gate.bound.kind === 'value') return { name, status: status(gate.bound.value), detail: of }
  if (champion === null) {
    const { noChampion = 'there is no other version with the alias champion' } = measured
    return { name, status: 'not-tested', detail: `${of}; ${noChampion}` }
  }
  const theirs = champion.metrics[gate.metric]
  if (theirs === undefined) {
    return {
      name,
      status: 'failed',
      detail: `${of}; the champion, version ${champion.version}, has no ${gate.metric}`,
    }
  }
  const bound = theirs * gate.bound.factor + gate.bound.plus
  const theirText = `the champion, version ${champion.version}, has ${figure(theirs)} on the same rows`
  return { name, status: status(bound), detail: `${of}; ${theirText}` }
}
