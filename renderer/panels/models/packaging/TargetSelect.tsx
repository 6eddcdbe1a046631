import { Select } from '@mantine/core'
import { type Target, targetSchema } from '../../../../shared/bundle/manifest.ts'

const names: Record<Target, string> = {
  any: 'Any system with Node 22.12 or newer (2 MB)',
  'linux-x64': 'Linux x64, Node inside (130 MB)',
  'linux-arm64': 'Linux ARM64, Node inside (130 MB)',
  'darwin-arm64': 'macOS Apple silicon, Node inside (120 MB)',
  'darwin-x64': 'macOS Intel, Node inside (120 MB)',
  'win32-x64': 'Windows x64, Node inside (90 MB)',
}

/** Where a bundle is to run. */
export function TargetSelect(props: {
  readonly value: Target
  readonly choices: readonly Target[]
  readonly disabled: boolean
  readonly onChange: (target: Target) => void
}) {
  return (
    <Select
      label="Runs on"
      data={props.choices.map((value) => ({ value, label: names[value] }))}
      value={props.value}
      disabled={props.disabled}
      allowDeselect={false}
      comboboxProps={{ withinPortal: true }}
      onChange={(value) => props.onChange(targetSchema.parse(value))}
    />
  )
}
