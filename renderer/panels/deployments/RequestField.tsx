import { Checkbox, Select, Switch, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import type { SignatureColumn } from '../../../shared/signature/signature.ts'
import { formatNumber } from '../../ui/format.ts'
import { type FieldValue, mayBeAbsent } from './form-values.ts'

/** How many suggestions a list shows at once; typing finds the others. */
const shownValues = 100

/** One input of the signature: a number, a choice of seen values (or any other), or a switch; and, where allowed, nothing. */
export function RequestField(props: {
  readonly column: SignatureColumn
  readonly value: FieldValue
  readonly problem: string | undefined
  readonly remark: string | undefined
  readonly onChange: (value: FieldValue) => void
}) {
  const { column, value, problem, remark, onChange } = props
  const id = useId()
  const note = problem ?? remark
  return (
    <div className="sw-deploy-field">
      <div className="sw-deploy-label">
        <label htmlFor={id} title={hint(column)}>
          {column.name}
        </label>
        {mayBeAbsent(column) && (
          <Checkbox
            size="xs"
            label={column.missing ? 'null' : 'leave out'}
            aria-label={column.missing ? `${column.name} is null` : `leave ${column.name} out`}
            checked={value.absent}
            onChange={(event) => onChange({ ...value, absent: event.currentTarget.checked })}
          />
        )}
      </div>
      <Control id={id} column={column} value={value} invalid={problem !== undefined} onChange={onChange} />
      {note !== undefined && (
        <span className={problem === undefined ? 'sw-deploy-remark' : 'sw-deploy-problem'}>{note}</span>
      )}
    </div>
  )
}

function hint(column: SignatureColumn): string {
  const range =
    column.min === undefined || column.max === undefined || column.type !== 'numeric'
      ? ''
      : `, ${formatNumber(column.min)} to ${formatNumber(column.max)} in training`
  return `${column.type} (${column.sourceType})${range}`
}

function Control(props: {
  readonly id: string
  readonly column: SignatureColumn
  readonly value: FieldValue
  readonly invalid: boolean
  readonly onChange: (value: FieldValue) => void
}) {
  const { id, column, value, invalid, onChange } = props
  const set = (text: string) => onChange({ text, absent: false })
  switch (column.type) {
    case 'numeric':
      return (
        <TextInput
          id={id}
          className="sw-deploy-number"
          inputMode="decimal"
          disabled={value.absent}
          value={value.absent ? '' : value.text}
          placeholder={value.absent ? 'null' : ''}
          error={invalid}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )
    case 'boolean':
      return (
        <Switch
          id={id}
          className="sw-deploy-switch"
          disabled={value.absent}
          checked={value.text === 'true'}
          label={value.absent ? 'null' : value.text === 'true' ? 'yes' : 'no'}
          onChange={(event) => set(event.currentTarget.checked ? 'true' : 'false')}
        />
      )
    case 'timestamp':
    case 'text':
      return (
        <TextInput
          id={id}
          disabled={value.absent}
          value={value.absent ? '' : value.text}
          placeholder={value.absent ? 'null' : ''}
          error={invalid}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )
    case 'categorical':
      return <Choice id={id} column={column} value={value} onChange={set} />
  }
}

/** Seen values first; what is typed and was never seen can be sent too, because real traffic does. */
function Choice(props: {
  readonly id: string
  readonly column: SignatureColumn
  readonly value: FieldValue
  readonly onChange: (text: string) => void
}) {
  const { id, column, value, onChange } = props
  const [search, setSearch] = useState('')
  const seen = column.values ?? []
  const choices = new Set(seen)
  if (value.text !== '') choices.add(value.text)
  if (search.trim() !== '') choices.add(search)
  return (
    <Select
      id={id}
      searchable
      allowDeselect={false}
      limit={shownValues}
      disabled={value.absent}
      placeholder={value.absent ? 'null' : 'Pick or type a value'}
      nothingFoundMessage="Type a value"
      data={[...choices].map((choice) => ({
        value: choice,
        label:
          choice === ''
            ? '(empty text)'
            : seen.includes(choice)
              ? choice
              : `${choice} (not seen in training)`,
      }))}
      value={value.absent ? null : value.text}
      onSearchChange={setSearch}
      onChange={(choice) => {
        if (choice !== null) onChange(choice)
      }}
    />
  )
}
