import { ActionIcon, Autocomplete, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { Json } from '../train-form.ts'
import {
  fitsInWords,
  parameterProblem,
  parametersOf,
  parseValues,
  printValues,
  searchableKeys,
  writeParameters,
} from './search-settings.ts'

const ways = [
  { value: 'list', label: 'these values' },
  { value: 'range', label: 'a range' },
]

/** What a search varies: a row a parameter over the cell's `search.parameters`. */
export function SearchParameters(props: { readonly spec: Json; readonly write: (spec: Json) => void }) {
  const { spec, write } = props
  const parameters = parametersOf(spec)
  const keys = searchableKeys(spec)
  const taken = parameters.map(([path]) => path)
  const replace = (i: number, next: readonly [string, unknown] | null) =>
    write(
      writeParameters(
        spec,
        parameters.flatMap((one, j) => (j === i ? (next ? [next] : []) : [one])),
      ),
    )
  const next = keys.find((key) => !taken.includes(key)) ?? ''
  const words = fitsInWords(spec)
  return (
    <fieldset className="sw-search">
      <legend>What the search varies</legend>
      {parameters.map(([path, values], i) => (
        <Parameter
          key={path}
          path={path}
          values={values}
          keys={keys.filter((key) => key === path || !taken.includes(key))}
          isTaken={(other) => other !== path && taken.includes(other)}
          problem={parameterProblem(spec, path, values)}
          onChange={(changed) => replace(i, changed)}
        />
      ))}
      {parameters.length === 0 && <p className="sw-field-problem">expected at least one parameter</p>}
      <div className="sw-search-foot">
        <button
          type="button"
          className="sw-link sw-column-fold"
          disabled={taken.includes(next)}
          onClick={() => write(writeParameters(spec, [...parameters, [next, []]]))}
        >
          <Plus size={12} /> Add a parameter
        </button>
        {words !== null && <span className="sw-muted">{words}</span>}
      </div>
    </fieldset>
  )
}

function Parameter(props: {
  readonly path: string
  readonly values: unknown
  readonly keys: readonly string[]
  readonly isTaken: (path: string) => boolean
  readonly problem: string | null
  readonly onChange: (parameter: readonly [string, unknown] | null) => void
}) {
  const { path, values, keys, isTaken, problem, onChange } = props
  // What is being typed stays as it is typed; the cell gets what it means.
  const [name, setName] = useState<string | null>(null)
  const [text, setText] = useState<string | null>(null)
  const isList = Array.isArray(values)
  const range = (isList ? {} : (values ?? {})) as Json
  const set = (key: 'min' | 'max' | 'log', to: unknown) => {
    const { [key]: _before, ...others } = range
    onChange([path, to === undefined ? others : { ...others, [key]: to }])
  }
  const end = (key: 'min' | 'max', label: string) => (
    <NumberInput
      size="xs"
      aria-label={`${label} of ${path}`}
      placeholder={label}
      hideControls
      value={typeof range[key] === 'number' ? range[key] : ''}
      onChange={(value) => set(key, typeof value === 'number' ? value : undefined)}
    />
  )
  const rename = (to: string) => {
    if (isTaken(to)) return
    setName(null)
    if (to !== path) onChange([to, values])
  }
  const clash = name !== null && isTaken(name) ? `"${name}" is varied already` : null
  return (
    <div className="sw-search-parameter">
      <Autocomplete
        size="xs"
        aria-label="Parameter"
        placeholder="model.maxDepth"
        data={[...keys]}
        value={name ?? path}
        // A name is whole when it is chosen or left, not letter by letter.
        onChange={setName}
        onOptionSubmit={rename}
        onBlur={() => name !== null && rename(name)}
      />
      <NativeSelect
        size="xs"
        aria-label={`Values of ${path} are`}
        data={ways}
        value={isList ? 'list' : 'range'}
        onChange={(event) => {
          const numbers = isList ? values.filter((one) => typeof one === 'number') : []
          const ends = [range.min, range.max].filter((one) => typeof one === 'number')
          onChange([
            path,
            event.currentTarget.value === 'list'
              ? ends
              : numbers.length > 1
                ? { min: Math.min(...numbers), max: Math.max(...numbers) }
                : {},
          ])
        }}
      />
      {isList ? (
        <TextInput
          size="xs"
          aria-label={`Values of ${path}`}
          placeholder="values with commas, such as 0.03, 0.1"
          value={text ?? printValues(values)}
          onChange={(event) => {
            setText(event.currentTarget.value)
            onChange([path, parseValues(event.currentTarget.value)])
          }}
          onBlur={() => setText(null)}
        />
      ) : (
        <span className="sw-search-range">
          {end('min', 'from')}
          {end('max', 'to')}
          <Checkbox
            size="xs"
            label="log scale"
            aria-label={`Log scale of ${path}`}
            checked={range.log === true}
            onChange={(event) => set('log', event.currentTarget.checked || undefined)}
          />
        </span>
      )}
      <ActionIcon
        variant="subtle"
        size="sm"
        aria-label={`Do not vary ${path || 'this'}`}
        onClick={() => onChange(null)}
      >
        <X size={14} />
      </ActionIcon>
      {(clash ?? problem) !== null && (
        <p className="sw-field-problem" role="alert">
          {clash ?? problem}
        </p>
      )}
    </div>
  )
}
