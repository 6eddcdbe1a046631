import { Select } from '@mantine/core'
import { type Json, readPath } from './train-form.ts'

/** How much the classes count in training; weights of one's own are set as JSON. */
export function ClassWeightsField(props: {
  readonly spec: Json
  readonly set: (path: readonly string[], to: unknown) => void
}) {
  const path = ['model', 'classWeights']
  const weights = readPath(props.spec, path)
  const weighting = weights === undefined ? 'equal' : weights === 'balanced' ? 'balanced' : 'own'
  return (
    <Select
      label="Classes weigh"
      data={[
        { value: 'equal', label: 'As they occur' },
        { value: 'balanced', label: 'The same in all' },
        ...(weighting === 'own' ? [{ value: 'own', label: 'As set in JSON' }] : []),
      ]}
      value={weighting}
      allowDeselect={false}
      onChange={(value) => {
        if (value !== 'own') props.set(path, value === 'balanced' ? value : undefined)
      }}
    />
  )
}
