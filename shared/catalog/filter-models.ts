import type { ModelSummary } from '../contract/models.ts'
import { type MetricKey, mainMetric, metricKeys } from '../metrics/metrics.ts'
import { kindName } from './kind-name.ts'

export const sortOrders = ['name', 'newest', 'oldest', 'metric', 'author'] as const
export type SortOrder = (typeof sortOrders)[number]

/** `auc >= 0.8`, for each version that has the metric; one without it does not fit. */
export interface MetricLimit {
  readonly key: MetricKey
  readonly operator: '>=' | '<=' | '>' | '<'
  readonly value: number
}

export interface ModelFilter {
  /** Words of which each must be in a name, alias, tag, column, metric, author or kind, in any order and case. */
  readonly text: string
  /** All of them. */
  readonly tags: readonly string[]
  /** A task, use case type, framework, algorithm or kind of model. */
  readonly taxonomy: string | null
  readonly metric: MetricLimit | null
  readonly stale: boolean | null
}

export const noFilter: ModelFilter = { text: '', tags: [], taxonomy: null, metric: null, stale: null }

/** Reads `auc>=0.8`; null where it is none. Metric names in any case. */
export function parseMetricLimit(text: string): MetricLimit | null {
  const match = /^\s*([A-Za-z0-9]+)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$/i.exec(text)
  const key = metricKeys.find((candidate) => candidate.toLowerCase() === match?.[1]?.toLowerCase())
  if (!match || key === undefined) return null
  return { key, operator: match[2] as MetricLimit['operator'], value: Number(match[3]) }
}

function within(value: number | undefined, limit: MetricLimit): boolean {
  if (value === undefined) return false
  switch (limit.operator) {
    case '>=':
      return value >= limit.value
    case '<=':
      return value <= limit.value
    case '>':
      return value > limit.value
    case '<':
      return value < limit.value
  }
}

function searchText(model: ModelSummary): string {
  return [
    model.name,
    model.displayName,
    `v${model.version}`,
    `${model.name}:${model.version}`,
    model.kind,
    kindName(model.kind),
    model.algorithm,
    model.framework,
    model.task,
    model.useCaseType,
    model.author,
    model.target,
    ...model.aliases,
    ...model.tags,
    ...model.columns,
    ...Object.keys(model.metrics),
  ]
    .join('\n')
    .toLowerCase()
}

/** What a version can be filtered by as its taxonomy. */
export function taxonomyTerms(model: ModelSummary): string[] {
  return [...new Set([model.task, model.useCaseType, model.framework, model.algorithm, model.kind])]
}

export function filterModels(models: readonly ModelSummary[], filter: ModelFilter): ModelSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const taxonomy = filter.taxonomy?.toLowerCase() ?? null
  return models.filter((model) => {
    if (filter.stale !== null && (model.stale !== null) !== filter.stale) return false
    if (!filter.tags.every((tag) => model.tags.includes(tag))) return false
    if (taxonomy !== null && !taxonomyTerms(model).some((term) => term.toLowerCase() === taxonomy))
      return false
    if (filter.metric !== null && !within(model.metrics[filter.metric.key], filter.metric)) return false
    if (words.length === 0) return true
    const text = searchText(model)
    return words.every((word) => text.includes(word))
  })
}

function text(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By the main metric of each task, best first; versions without it last. Tasks stand apart: their metrics do not compare. */
function byMetric(a: ModelSummary, b: ModelSummary): number {
  if (a.task !== b.task) return text(a.task, b.task)
  const { key, higherIsBetter } = mainMetric[a.task]
  const worst = higherIsBetter ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const [first, second] = [a.metrics[key] ?? worst, b.metrics[key] ?? worst]
  if (first === second) return 0
  return first > second === higherIsBetter ? -1 : 1
}

const orders: Record<SortOrder, (a: ModelSummary, b: ModelSummary) => number> = {
  name: (a, b) => text(a.name, b.name) || b.version - a.version,
  newest: (a, b) => text(b.created, a.created) || b.version - a.version,
  oldest: (a, b) => text(a.created, b.created) || a.version - b.version,
  metric: byMetric,
  author: (a, b) => text(a.author, b.author) || text(a.name, b.name) || b.version - a.version,
}

/** Sorted anew; equal ones keep their places. */
export function sortModels(models: readonly ModelSummary[], order: SortOrder): ModelSummary[] {
  return models.toSorted(orders[order])
}
