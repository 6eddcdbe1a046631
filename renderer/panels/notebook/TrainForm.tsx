import { MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { api } from '../../client.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { ClassWeightsField } from './ClassWeightsField.tsx'
import { DenseFields } from './DenseFields.tsx'
import { FeatureTable } from './features/FeatureTable.tsx'
import { useNotebook, useSession } from './NotebookContext.ts'
import { outputsOf } from './notebook-state.ts'
import { TrainStudies } from './TrainStudies.tsx'
import { chooseKind, type Json, parseTrain, printTrain, readPath, writePath } from './train-form.ts'

const tasks = [
  { value: 'auto', label: 'From the target' },
  { value: 'binary', label: 'Yes or no' },
  { value: 'multiclass', label: 'One of several classes' },
  { value: 'regression', label: 'A number' },
]
const models = [
  { value: 'auto', label: 'Default for the task' },
  { value: 'logistic', label: 'Logistic regression' },
  { value: 'linear', label: 'Linear regression' },
  { value: 'mlp', label: 'Neural network' },
  { value: 'gbdt', label: 'Boosted trees' },
]
const splits = [
  { value: 'auto', label: 'Default for the task' },
  { value: 'random', label: 'Random' },
  { value: 'stratified', label: 'Stratified by the target' },
  { value: 'time', label: 'In time order' },
  { value: 'group', label: 'Whole groups' },
]
/** What two kinds of model have in common, in value and not in name only. */
function keptKeys(before: string, after: string): string[] {
  const both = before === 'linear' || after === 'linear' ? ['patience'] : ['patience', 'classWeights']
  if (before === 'gbdt' || after === 'gbdt') return both
  return ['epochs', 'batchSize', 'learningRate', 'l2', ...both]
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number | '' {
  return typeof value === 'number' ? value : ''
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : []
}

/** Options that keep a value which is not among them (yet), such as a relation no cell has made so far. */
function options(known: readonly string[], ...chosen: readonly string[]): string[] {
  return [...new Set([...known, ...chosen.filter((value) => value !== '')])]
}

/** A train cell as a form; the JSON below it is the same thing in text. */
export function TrainForm({ cell, onJson }: { readonly cell: Cell; readonly onJson: () => void }) {
  const session = useSession()
  const relations = useQuery(api.data.relations.queryOptions()).data ?? []
  const parsed = parseTrain(cell.source)
  const failed = useNotebook((state) => outputsOf(state, cell.id).some((output) => output.type === 'error'))
  if (!parsed.ok) {
    // Its run says below what is wrong.
    return failed ? (
      <button type="button" className="sw-link" onClick={onJson}>
        Edit as JSON
      </button>
    ) : (
      <ErrorNote
        content={{ message: parsed.message, whatToDo: parsed.whatToDo }}
        action={{ label: 'Edit as JSON', onClick: onJson }}
      />
    )
  }
  const spec = parsed.value
  const write = (next: Json) => {
    session.edit([{ type: 'update', id: cell.id, source: printTrain(next) }], `source:${cell.id}`)
  }
  const set = (path: readonly string[], to: unknown) => write(writePath(spec, path, to))
  const setNumber = (path: readonly string[]) => (value: number | string) =>
    set(path, typeof value === 'number' ? value : undefined)
  const from = text(readPath(spec, ['from']))
  const target = text(readPath(spec, ['target']))
  const relationColumns = relations.find((relation) => relation.name === from)?.columns ?? []
  const columns = relationColumns.map((column) => column.name)
  const excluded = strings(readPath(spec, ['features', 'exclude']))
  const kind = text(readPath(spec, ['model', 'kind'])) || 'auto'
  const method = text(readPath(spec, ['split', 'method'])) || 'auto'
  return (
    <fieldset className="sw-train" aria-label="Training">
      <div className="sw-train-row">
        <Select
          label="Train from"
          data={options(
            relations.map((relation) => relation.name),
            from,
          )}
          value={from || null}
          searchable
          allowDeselect={false}
          placeholder="relation"
          onChange={(value) => set(['from'], value ?? '')}
        />
        <Select
          label="Predict"
          data={options(columns, target)}
          value={target || null}
          searchable
          allowDeselect={false}
          placeholder="target column"
          onChange={(value) => set(['target'], value ?? '')}
        />
        <Select
          label="Task"
          data={tasks}
          value={text(readPath(spec, ['task'])) || 'auto'}
          allowDeselect={false}
          onChange={(value) => set(['task'], value === 'auto' ? undefined : value)}
        />
        <TextInput
          label="Register as"
          value={text(readPath(spec, ['register']))}
          placeholder={cell.name || target || 'name in the catalog'}
          onChange={(event) => set(['register'], event.currentTarget.value || undefined)}
        />
      </div>
      <div className="sw-train-row">
        <MultiSelect
          label="Leave out"
          data={options(
            columns.filter((column) => column !== target),
            ...excluded,
          )}
          value={excluded}
          placeholder={excluded.length === 0 ? 'no column' : ''}
          searchable
          onChange={(value) => set(['features', 'exclude'], value.length === 0 ? undefined : value)}
        />
      </div>
      <FeatureTable
        spec={spec}
        columns={relationColumns.filter(({ name }) => name !== target && !excluded.includes(name))}
        trees={kind === 'gbdt'}
        write={write}
      />
      <div className="sw-train-row">
        <Select
          label="Model"
          rightSectionWidth={20}
          data={options(
            models.map((model) => model.value),
            kind,
          ).map((value) => models.find((model) => model.value === value) ?? { value, label: value })}
          value={kind}
          allowDeselect={false}
          onChange={(value) =>
            write(
              value === null || value === 'auto'
                ? writePath(spec, ['model'], undefined)
                : chooseKind(spec, 'model', 'kind', value, keptKeys(kind, value)),
            )
          }
        />
        {kind !== 'auto' && (
          <>
            {kind === 'gbdt' ? (
              <>
                <NumberInput
                  label="Trees"
                  placeholder="300"
                  min={1}
                  value={number(readPath(spec, ['model', 'trees']))}
                  onChange={setNumber(['model', 'trees'])}
                />
                <NumberInput
                  label="Depth"
                  placeholder="6"
                  min={1}
                  max={16}
                  value={number(readPath(spec, ['model', 'maxDepth']))}
                  onChange={setNumber(['model', 'maxDepth'])}
                />
              </>
            ) : (
              <NumberInput
                label="Epochs"
                placeholder="default"
                min={1}
                value={number(readPath(spec, ['model', 'epochs']))}
                onChange={setNumber(['model', 'epochs'])}
              />
            )}
            <NumberInput
              label="Learning rate"
              placeholder="default"
              min={0}
              step={0.01}
              decimalScale={6}
              value={number(readPath(spec, ['model', 'learningRate']))}
              onChange={setNumber(['model', 'learningRate'])}
            />
            <NumberInput
              label="L2 penalty"
              placeholder="default"
              min={0}
              step={0.001}
              decimalScale={8}
              value={number(readPath(spec, ['model', 'l2']))}
              onChange={setNumber(['model', 'l2'])}
            />
          </>
        )}
        {kind === 'gbdt' && readPath(spec, ['task']) !== 'regression' && (
          <ClassWeightsField spec={spec} set={set} />
        )}
        {(kind === 'linear' || kind === 'logistic' || kind === 'mlp') && (
          <DenseFields kind={kind} spec={spec} set={set} />
        )}
      </div>
      <div className="sw-train-row">
        <Select
          label="Split"
          data={splits}
          value={method}
          allowDeselect={false}
          onChange={(value) =>
            write(
              value === null || value === 'auto'
                ? writePath(spec, ['split'], undefined)
                : chooseKind(spec, 'split', 'method', value, [
                    'test',
                    'validation',
                    'seed',
                    ...(value === 'time' || value === 'group' ? ['column'] : []),
                  ]),
            )
          }
        />
        {(method === 'time' || method === 'group') && (
          <Select
            label={method === 'time' ? 'Ordered by' : 'Grouped by'}
            data={options(
              columns.filter((column) => column !== target),
              text(readPath(spec, ['split', 'column'])),
            )}
            value={text(readPath(spec, ['split', 'column'])) || null}
            searchable
            allowDeselect={false}
            placeholder="column"
            onChange={(value) => set(['split', 'column'], value ?? undefined)}
          />
        )}
        {method !== 'auto' && (
          <>
            <NumberInput
              label="Held out for metrics"
              placeholder="0.25"
              min={0.01}
              max={0.99}
              step={0.05}
              value={number(readPath(spec, ['split', 'test']))}
              onChange={setNumber(['split', 'test'])}
            />
            <NumberInput
              label="For early stopping"
              placeholder="0.1"
              min={0}
              max={0.99}
              step={0.05}
              value={number(readPath(spec, ['split', 'validation']))}
              onChange={setNumber(['split', 'validation'])}
            />
            <NumberInput
              label="Seed"
              placeholder="7"
              min={0}
              allowDecimal={false}
              value={number(readPath(spec, ['split', 'seed']))}
              onChange={setNumber(['split', 'seed'])}
            />
          </>
        )}
      </div>
      <TrainStudies spec={spec} write={write} />
      <button type="button" className="sw-link" onClick={onJson}>
        Show as JSON
      </button>
    </fieldset>
  )
}
