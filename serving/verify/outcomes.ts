import type { Examples } from '../../shared/bundle/manifest.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { compareOutcomes, describeComparison, type Outcome } from './compare.ts'

/** What a check found. */
export interface Outcomes {
  passed: boolean
  detail: string
}

/** What training recorded. */
export function recorded(examples: Examples): Outcome {
  return { predictions: examples.predictions, probabilities: examples.probabilities ?? null }
}

export function compared(examples: Examples, found: Outcome): Outcomes {
  const comparison = compareOutcomes(recorded(examples), found)
  return { passed: comparison.different === 0, detail: describeComparison(comparison) }
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export const isLabel = (value: unknown): value is Label =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** `/predict`'s answer; probabilities in the order of the classes. */
export function ownOutcome(model: LoadedModel, answer: Record<string, unknown>): Outcome {
  const classes = model.signature.target.classes
  const keyed = list(answer.probabilities)
  return {
    predictions: list(answer.prediction).filter(isLabel),
    probabilities: classes
      ? keyed.map((entry) => {
          const values: Record<string, unknown> =
            typeof entry === 'object' && entry !== null ? { ...entry } : {}
          return classes.map((label) => Number(values[String(label)]))
        })
      : null,
  }
}

export function parseLabel(model: LoadedModel, text: string): Label {
  const classes = model.signature.target.classes
  return classes ? (classes.find((label) => String(label) === text) ?? text) : Number(text)
}
