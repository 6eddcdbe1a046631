import { ActionIcon, Button, Indicator, MultiSelect, Popover, Select, Switch, TextInput } from '@mantine/core'
import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import {
  type ModelFilter,
  noFilter,
  parseMetricLimit,
  type SortOrder,
  sortOrders,
  taxonomyTerms,
} from '../../../shared/catalog/filter-models.ts'
import type { ModelSummary } from '../../../shared/contract/models.ts'

const orderNames: Record<SortOrder, string> = {
  name: 'Name',
  newest: 'Newest first',
  oldest: 'Oldest first',
  metric: 'Best metric first',
  author: 'Author',
}

/** Filters by tag, taxonomy and metric, and the order of the list. */
export function ModelFilters(props: {
  readonly models: readonly ModelSummary[]
  readonly filter: ModelFilter
  readonly onFilter: (filter: ModelFilter) => void
  readonly order: SortOrder
  readonly onOrder: (order: SortOrder) => void
}) {
  const { models, filter, onFilter } = props
  const [metric, setMetric] = useState('')
  const tags = [...new Set(models.flatMap((model) => model.tags))].sort()
  const terms = [...new Set(models.flatMap(taxonomyTerms))].sort()
  const { text, ...rest } = filter
  const active = JSON.stringify({ text: '', ...rest }) !== JSON.stringify(noFilter)
  return (
    <Popover position="bottom-end" shadow="md" withinPortal trapFocus>
      <Indicator disabled={!active} size={7} offset={4}>
        <Popover.Target>
          <ActionIcon aria-label="Filter and sort the models">
            <SlidersHorizontal size={14} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown>
        <div className="sw-models-alias-form">
          <Select
            label="Sort by"
            comboboxProps={{ withinPortal: false }}
            allowDeselect={false}
            data={sortOrders.map((value) => ({ value, label: orderNames[value] }))}
            value={props.order}
            onChange={(value) => props.onOrder(sortOrders.find((order) => order === value) ?? 'name')}
          />
          <Select
            label="Taxonomy"
            placeholder="Any task, framework or algorithm"
            comboboxProps={{ withinPortal: false }}
            clearable
            searchable
            data={terms}
            value={filter.taxonomy}
            onChange={(taxonomy) => onFilter({ ...filter, taxonomy })}
          />
          <MultiSelect
            label="Tags"
            placeholder={tags.length === 0 ? 'No version has a tag yet' : 'Any'}
            comboboxProps={{ withinPortal: false }}
            data={tags}
            value={[...filter.tags]}
            onChange={(chosen) => onFilter({ ...filter, tags: chosen })}
          />
          <TextInput
            label="Metric"
            placeholder="auc >= 0.8"
            value={metric}
            onChange={(event) => {
              setMetric(event.currentTarget.value)
              onFilter({ ...filter, metric: parseMetricLimit(event.currentTarget.value) })
            }}
            error={
              metric === '' || parseMetricLimit(metric) ? null : 'A metric, >=, <=, > or <, and a number'
            }
          />
          <Switch
            label="Stale only"
            checked={filter.stale === true}
            onChange={(event) => onFilter({ ...filter, stale: event.currentTarget.checked ? true : null })}
          />
          <Button
            variant="default"
            disabled={!active}
            onClick={() => {
              setMetric('')
              onFilter({ ...noFilter, text })
            }}
          >
            Clear the filters
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
