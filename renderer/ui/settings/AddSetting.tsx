import { Select } from '@mantine/core'
import { useState } from 'react'
import { notOffered, offeredSettings, type SettingRow } from './setting-changes.ts'

/** A setting to choose by its name or by what it does. */
export function AddSetting(props: {
  readonly rows: readonly SettingRow[]
  readonly onAdd: (name: string) => void
}) {
  const { rows, onAdd } = props
  const [searched, setSearched] = useState('')
  const words = searched.trim().toLowerCase().split(/\s+/)
  const offered = offeredSettings(rows).filter(({ name, help }) => {
    const text = `${name} ${help}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const helps = new Map(offered.map(({ name, help }) => [name, help]))
  return (
    <Select
      aria-label="Add a setting"
      placeholder="Add a setting: rate, token, log …"
      searchable
      value={null}
      searchValue={searched}
      onSearchChange={setSearched}
      data={offered.map(({ name }) => name)}
      // It was filtered above, by what each does as well.
      filter={({ options }) => options}
      maxDropdownHeight={240}
      nothingFoundMessage={notOffered(searched, rows)}
      renderOption={({ option }) => (
        <span className="sw-settings-option">
          <code>{option.value}</code>
          <span className="sw-muted">{helps.get(option.value)}</span>
        </span>
      )}
      onChange={(name) => {
        setSearched('')
        if (name !== null) onAdd(name)
      }}
    />
  )
}
