import { ActionIcon, PasswordInput, TextInput } from '@mantine/core'
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { SettingsInForce } from '../../../shared/contract/deployments.ts'
import { AddSetting } from './AddSetting.tsx'
import { type SettingChanges, type SettingRow, settingRows, withoutSetting } from './setting-changes.ts'
import './settings.css'

/** The settings of a deployment's server, each with what it does; of secrets in force the name alone is known. */
export function SettingsEditor(props: {
  readonly inForce: SettingsInForce
  readonly changes: SettingChanges
  readonly onChange: (changes: SettingChanges) => void
}) {
  const { inForce, changes, onChange } = props
  const [added, setAdded] = useState<string | null>(null)
  const rows = settingRows(inForce, changes)
  return (
    <div className="sw-settings">
      {rows.map((row) => (
        <SettingField
          key={row.name}
          row={row}
          fresh={row.name === added}
          onType={(text) => onChange({ ...changes, [row.name]: text })}
          onRemove={() => onChange(withoutSetting(inForce, changes, row.name))}
        />
      ))}
      {/* Anew for each that is added: its list begins at the top again. */}
      <AddSetting
        key={rows.length}
        rows={rows}
        onAdd={(name) => {
          setAdded(name)
          onChange({ ...changes, [name]: '' })
        }}
      />
    </div>
  )
}

function SettingField(props: {
  readonly row: SettingRow
  /** It was just added, so that its value is typed next. */
  readonly fresh: boolean
  readonly onType: (text: string) => void
  readonly onRemove: () => void
}) {
  const { row, fresh, onType, onRemove } = props
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (fresh) input.current?.focus()
  }, [fresh])
  const field = {
    ref: input,
    label: <code>{row.name}</code>,
    description: row.help,
    value: row.text,
    error: row.problem,
    onChange: (event: { currentTarget: { value: string } }) => onType(event.currentTarget.value),
    inputContainer: (children: ReactNode) => (
      <div className="sw-settings-input">
        {children}
        <ActionIcon
          aria-label={`Take ${row.name} away`}
          title="Take it away: the server does as usual"
          onClick={onRemove}
        >
          <X size={14} />
        </ActionIcon>
      </div>
    ),
  }
  // `new-password`: a browser fills in none that it remembers of elsewhere.
  return row.secret ? (
    <PasswordInput
      {...field}
      autoComplete="new-password"
      placeholder={row.kept ? 'Set, and not shown; type another to replace it' : ''}
    />
  ) : (
    <TextInput
      {...field}
      autoComplete="off"
      placeholder={row.usual === '' ? '' : `${row.usual} unless set`}
    />
  )
}
