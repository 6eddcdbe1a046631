import { NumberInput, Select } from '@mantine/core'
import { SearchParameters } from './search/SearchParameters.tsx'
import { type Json, readPath, writePath } from './train-form.ts'

const searches = [
  { value: 'none', label: 'No search' },
  { value: 'grid', label: 'Grid' },
  { value: 'random', label: 'Random' },
  { value: 'halving', label: 'Successive halving' },
]

/** What a search begins with, for the user to change. */
const firstParameters = { 'model.learningRate': [0.03, 0.1, 0.3] }

function number(value: unknown): number | '' {
  return typeof value === 'number' ? value : ''
}

/** The part of the train form for cross-validation and search. */
export function TrainStudies(props: { readonly spec: Json; readonly write: (next: Json) => void }) {
  const { spec, write } = props
  const set = (path: readonly string[]) => (value: number | string) =>
    write(writePath(spec, path, typeof value === 'number' ? value : undefined))
  const method = readPath(spec, ['search', 'method'])
  const folds = readPath(spec, ['crossValidation', 'folds'])
  return (
    <>
      <div className="sw-train-row">
        <NumberInput
          label="Cross-validation folds"
          placeholder="none"
          min={1}
          max={50}
          allowDecimal={false}
          value={number(folds)}
          onChange={(value) =>
            write(
              typeof value === 'number'
                ? writePath(spec, ['crossValidation', 'folds'], value)
                : writePath(spec, ['crossValidation'], undefined),
            )
          }
        />
        {typeof folds === 'number' && (
          <NumberInput
            label="Repeats"
            placeholder="1"
            min={1}
            max={100}
            allowDecimal={false}
            value={number(readPath(spec, ['crossValidation', 'repeats']))}
            onChange={set(['crossValidation', 'repeats'])}
          />
        )}
        <Select
          label="Search"
          data={searches}
          value={typeof method === 'string' ? method : 'none'}
          allowDeselect={false}
          onChange={(value) => {
            if (value === null || value === 'none') return write(writePath(spec, ['search'], undefined))
            const parameters = readPath(spec, ['search', 'parameters']) ?? firstParameters
            const folds = readPath(spec, ['search', 'folds'])
            return write({
              ...spec,
              search: { method: value, ...(folds === undefined ? {} : { folds }), parameters },
            })
          }}
        />
        {typeof method === 'string' && (
          <NumberInput
            label="Folds of the search"
            placeholder="5"
            min={1}
            max={50}
            allowDecimal={false}
            value={number(readPath(spec, ['search', 'folds']))}
            onChange={set(['search', 'folds'])}
          />
        )}
        {typeof method === 'string' && method !== 'grid' && (
          <NumberInput
            label="Settings to try"
            placeholder={method === 'random' ? '20' : 'the grid'}
            min={2}
            allowDecimal={false}
            value={number(readPath(spec, ['search', 'trials']))}
            onChange={set(['search', 'trials'])}
          />
        )}
      </div>
      {typeof method === 'string' && <SearchParameters spec={spec} write={write} />}
    </>
  )
}
