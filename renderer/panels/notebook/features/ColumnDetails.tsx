import { Checkbox, MultiSelect, NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core'
import { timestampParts } from '../../../../shared/features/calendar.ts'
import { type Json, readPath } from '../train-form.ts'
import { type ColumnType, encodingOf, withSetting } from './column-settings.ts'

function number(value: unknown): number | '' {
  return typeof value === 'number' ? value : ''
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

const acceptance = [
  { value: '', label: 'As in training' },
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
]

/** Parameters of a column's encoding, and what serving is to refuse. */
export function ColumnDetails(props: {
  readonly column: Json
  readonly type: ColumnType
  readonly trees: boolean
  readonly write: (column: Json) => void
}) {
  const { column, type, trees, write } = props
  const set = (path: readonly string[], to: unknown) => write(withSetting(column, path, to))
  const encoding = encodingOf(column)
  const isNumber = type === 'numeric'
  const isCategory = type === 'categorical' || type === 'ordinal'
  const count = (
    path: readonly string[],
    label: string,
    placeholder: string,
    min: number,
    decimal = false,
  ) => (
    <NumberInput
      size="xs"
      label={label}
      placeholder={placeholder}
      min={min}
      allowDecimal={decimal}
      value={number(readPath(column, path))}
      onChange={(value) => set(path, typeof value === 'number' ? value : undefined)}
    />
  )
  const list = (path: readonly string[], label: string, placeholder: string) => (
    <TagsInput
      size="xs"
      label={label}
      placeholder={strings(readPath(column, path)).length === 0 ? placeholder : ''}
      value={strings(readPath(column, path))}
      onChange={(values) => set(path, values.length === 0 ? undefined : values)}
    />
  )
  const line = (path: readonly string[], label: string, placeholder: string) => (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      value={String(readPath(column, path) ?? '')}
      onChange={(event) => set(path, event.currentTarget.value || undefined)}
    />
  )
  const accept = (key: 'required' | 'missing', label: string) => {
    const value = readPath(column, ['constraints', key])
    return (
      <NativeSelect
        size="xs"
        label={label}
        data={acceptance}
        value={typeof value === 'boolean' ? String(value) : ''}
        onChange={({ currentTarget: { value: chosen } }) =>
          set(['constraints', key], chosen === '' ? undefined : chosen === 'true')
        }
      />
    )
  }
  const flag = (path: readonly string[], label: string, on: boolean, off: false | undefined) => (
    <Checkbox
      size="xs"
      label={label}
      checked={on}
      onChange={(event) => set(path, event.currentTarget.checked ? true : off)}
    />
  )
  const bins = typeof column.bins === 'number' ? { count: column.bins } : ((column.bins ?? {}) as Json)
  const setBins = (key: string, to: unknown) => write({ ...column, bins: { ...bins, [key]: to } })
  const isNumeric = isNumber || type === 'boolean'
  return (
    <div className="sw-column-details">
      {column.impute === 'constant' &&
        (isNumeric
          ? count(['fill'], 'Fill with', '0', Number.NEGATIVE_INFINITY, true)
          : line(['fill'], 'Fill with', type === 'timestamp' ? '2024-01-31' : 'missing'))}
      {isNumber && encoding === 'quantile' && (
        <NativeSelect
          size="xs"
          label="Distribution"
          data={[
            { value: '', label: 'Uniform' },
            { value: 'normal', label: 'Normal' },
          ]}
          value={column.distribution === 'normal' ? 'normal' : ''}
          onChange={(event) => set(['distribution'], event.currentTarget.value || undefined)}
        />
      )}
      {isNumber && encoding === 'bins' && (
        <>
          <NumberInput
            size="xs"
            label="Bins"
            min={2}
            max={256}
            allowDecimal={false}
            value={number(bins.count)}
            onChange={(value) => typeof value === 'number' && setBins('count', value)}
          />
          <NativeSelect
            size="xs"
            label="Cut by"
            data={[
              { value: 'quantile', label: 'As many rows each' },
              { value: 'uniform', label: 'Equal width' },
            ]}
            value={String(bins.strategy ?? 'quantile')}
            onChange={(event) => setBins('strategy', event.currentTarget.value)}
          />
          <NativeSelect
            size="xs"
            label="Inputs"
            data={[
              { value: 'onehot', label: 'One a bin' },
              { value: 'ordinal', label: 'The bin’s number' },
            ]}
            value={String(bins.encode ?? 'onehot')}
            onChange={(event) => setBins('encode', event.currentTarget.value)}
          />
        </>
      )}
      {type === 'categorical' &&
        (encoding === '' || encoding === 'onehot') &&
        count(['minFrequency'], 'Rare below (rows or share)', 'all kept', 0, true)}
      {(type === 'ordinal' || encoding === 'ordinal') &&
        list(['order'], 'From least to greatest', 'values in order')}
      {(type === 'text' || encoding === 'hashing') &&
        count(['width'], 'Inputs', type === 'text' ? '256' : '64', 2)}
      {type === 'timestamp' && (
        <MultiSelect
          size="xs"
          label="Parts"
          data={[...timestampParts]}
          placeholder={strings(column.parts).length === 0 ? 'those that differ' : ''}
          value={strings(column.parts)}
          onChange={(values) => set(['parts'], values.length === 0 ? undefined : values)}
        />
      )}
      {isNumber && count(['constraints', 'min'], 'At least', 'any', Number.NEGATIVE_INFINITY, true)}
      {isNumber && count(['constraints', 'max'], 'At most', 'any', Number.NEGATIVE_INFINITY, true)}
      {type === 'timestamp' && line(['constraints', 'min'], 'Not before', '2024-01-31')}
      {type === 'timestamp' && line(['constraints', 'max'], 'Not after', '2024-12-31')}
      {isCategory && list(['constraints', 'values'], 'Only these values', 'any')}
      {(isCategory || type === 'text') &&
        line(['constraints', 'pattern'], 'Pattern of the whole value', '[A-Z]{2}\\d+')}
      {accept('required', 'Key required')}
      {accept('missing', 'Null accepted')}
      <div className="sw-column-flags">
        {flag(['missingIndicator'], 'Input for “is missing”', column.missingIndicator === true, undefined)}
        {isNumber &&
          flag(
            ['constraints', 'integer'],
            'Whole numbers only',
            readPath(column, ['constraints', 'integer']) === true,
            undefined,
          )}
        {type === 'timestamp' &&
          flag(
            ['cyclical'],
            'As sine and cosine',
            column.cyclical === undefined ? !trees : column.cyclical === true,
            false,
          )}
      </div>
    </div>
  )
}
