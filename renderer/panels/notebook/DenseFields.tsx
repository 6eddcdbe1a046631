import { NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { ClassWeightsField } from './ClassWeightsField.tsx'
import { type Json, readPath } from './train-form.ts'

const optimizers = [
  { value: 'adam', label: 'Adam' },
  { value: 'sgd', label: 'SGD with momentum' },
]
/** Each with values to start from; finer ones are set as JSON. */
const schedules: Readonly<Record<string, { label: string; value: Json }>> = {
  constant: { label: 'Constant', value: { kind: 'constant' } },
  step: { label: 'In steps', value: { kind: 'step', every: 10, factor: 0.5 } },
  exponential: { label: 'Exponential', value: { kind: 'exponential', factor: 0.97 } },
  cosine: { label: 'Cosine', value: { kind: 'cosine' } },
  plateau: { label: 'On a plateau', value: { kind: 'plateau', patience: 3, factor: 0.5 } },
}

function number(value: unknown): number | '' {
  return typeof value === 'number' ? value : ''
}

/** The parameters of linear, logistic and neural models beyond those that every model has. */
export function DenseFields(props: {
  readonly kind: 'linear' | 'logistic' | 'mlp'
  readonly spec: Json
  readonly set: (path: readonly string[], to: unknown) => void
}) {
  const { kind, spec, set } = props
  const read = (key: string) => readPath(spec, ['model', key])
  const isRegression = readPath(spec, ['task']) === 'regression'
  const layers = read('layers')
  const optimizer = typeof read('optimizer') === 'string' ? String(read('optimizer')) : 'adam'
  const schedule = readPath(spec, ['model', 'learningRateSchedule', 'kind'])
  const field = (key: string, label: string, placeholder: string, step: number, max?: number) => (
    <NumberInput
      label={label}
      placeholder={placeholder}
      min={0}
      step={step}
      {...(max === undefined ? {} : { max })}
      decimalScale={8}
      value={number(read(key))}
      onChange={(value) => set(['model', key], typeof value === 'number' ? value : undefined)}
    />
  )
  return (
    <>
      {kind !== 'mlp' && field('l1', 'L1 penalty', 'none', 0.001)}
      {kind !== 'linear' && !isRegression && <ClassWeightsField spec={spec} set={set} />}
      {kind === 'mlp' && (
        <>
          <TextInput
            label="Hidden layers"
            placeholder="such as 64, 32"
            key={JSON.stringify(layers)}
            defaultValue={Array.isArray(layers) ? layers.join(', ') : ''}
            onBlur={(event) => {
              const widths = event.currentTarget.value
                .split(/[\s,]+/)
                .map(Number)
                .filter((width) => width >= 1)
              set(['model', 'layers'], widths.length === 0 ? undefined : widths)
            }}
          />
          {field('dropout', 'Dropout', 'none', 0.1, 0.9)}
          <Select
            label="Optimizer"
            data={optimizers}
            value={optimizer}
            allowDeselect={false}
            onChange={(value) => set(['model', 'optimizer'], value === 'sgd' ? value : undefined)}
          />
          {optimizer === 'sgd' && field('momentum', 'Momentum', '0.9', 0.05, 0.999)}
          <Select
            label="Learning rate goes"
            data={Object.entries(schedules).map(([value, { label }]) => ({ value, label }))}
            value={typeof schedule === 'string' ? schedule : 'constant'}
            allowDeselect={false}
            onChange={(value) =>
              set(
                ['model', 'learningRateSchedule'],
                value === null || value === 'constant' ? undefined : schedules[value]?.value,
              )
            }
          />
          {field('patience', 'Patience in epochs', '10', 1)}
          <Switch
            label="Batch normalisation"
            checked={read('batchNorm') === true}
            onChange={(event) => set(['model', 'batchNorm'], event.currentTarget.checked || undefined)}
          />
        </>
      )}
    </>
  )
}
