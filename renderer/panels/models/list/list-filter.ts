import { type ModelFilter, noFilter, parseMetricLimit } from '../../../../shared/catalog/filter-models.ts'

/** What the list shows, with the metric limit as it is typed: it filters once it can be read. */
export interface ListFilter {
  readonly filter: ModelFilter
  readonly metric: string
}

export const everyModel: ListFilter = { filter: noFilter, metric: '' }

export function withMetric({ filter }: ListFilter, metric: string): ListFilter {
  return { filter: { ...filter, metric: parseMetricLimit(metric) }, metric }
}

/** Without all filters but the words searched for. */
export function searchOnly({ filter }: ListFilter): ListFilter {
  return { filter: { ...noFilter, text: filter.text }, metric: '' }
}

export function isFiltered({ filter, metric }: ListFilter): boolean {
  return metric !== '' || JSON.stringify({ ...filter, text: '' }) !== JSON.stringify(noFilter)
}
