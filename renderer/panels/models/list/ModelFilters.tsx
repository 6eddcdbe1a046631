import { ActionIcon, Button, Indicator, MultiSelect, Popover, Select, Switch, TextInput } from '@mantine/core'
import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import {
  type ModelFilter,
  parseMetricLimit,
  type SortOrder,
  sortOrders,
  taxonomyTerms,
} from '../../../../shared/catalog/filter-models.ts'
import type { ModelSummary } from '../../../../shared/contract/models.ts'
import { isFiltered, type ListFilter, searchOnly, withMetric } from './list-filter.ts'

const orderNames: Record<SortOrder, string> = {
  name: 'Name',
  newest: 'Newest first',
  oldest: 'Oldest first',
  metric: 'Best metric first',
  author: 'Author',
}

/** Whether an event comes from the field of a list that is open below it. */
function isListOpen(target: EventTarget): boolean {
  return target instanceof Element && target.hasAttribute('data-expanded')
}

/** Filters by tag, taxonomy and metric, and the order of the list. */
export function ModelFilters(props: {
  readonly models: readonly ModelSummary[]
  readonly shown: ListFilter
  readonly onShown: (shown: ListFilter) => void
  readonly order: SortOrder
  readonly onOrder: (order: SortOrder) => void
}) {
  const { models, shown, onShown } = props
  const { filter, metric } = shown
  const change = (changes: Partial<ModelFilter>) => onShown({ ...shown, filter: { ...filter, ...changes } })
  const tags = [...new Set(models.flatMap((model) => model.tags))].sort()
  const terms = [...new Set(models.flatMap(taxonomyTerms))].sort()
  const active = isFiltered(shown)
  const [open, setOpen] = useState(false)
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      shadow="md"
      withinPortal
      trapFocus
      returnFocus
      closeOnEscape={false}
    >
      <Indicator disabled={!active} size={7} offset={4}>
        <Popover.Target>
          <ActionIcon aria-label="Filter and sort the models" onClick={() => setOpen(!open)}>
            <SlidersHorizontal size={14} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      {/* Mantine's own way closes it with a list in it that is open: Escape is then for the list. */}
      <Popover.Dropdown
        onKeyDownCapture={(event) => {
          if (event.key === 'Escape' && !isListOpen(event.target)) setOpen(false)
        }}
      >
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
            onChange={(taxonomy) => change({ taxonomy })}
          />
          <MultiSelect
            label="Tags"
            placeholder={tags.length === 0 ? 'No version has a tag yet' : 'Any'}
            comboboxProps={{ withinPortal: false }}
            data={tags}
            value={[...filter.tags]}
            onChange={(chosen) => change({ tags: chosen })}
          />
          <TextInput
            label="Metric"
            placeholder="auc >= 0.8"
            value={metric}
            onChange={(event) => onShown(withMetric(shown, event.currentTarget.value))}
            error={
              metric === '' || parseMetricLimit(metric) ? null : 'A metric, >=, <=, > or <, and a number'
            }
          />
          <Switch
            label="Stale only"
            checked={filter.stale === true}
            onChange={(event) => change({ stale: event.currentTarget.checked ? true : null })}
          />
          <Button variant="default" disabled={!active} onClick={() => onShown(searchOnly(shown))}>
            Clear the filters
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
