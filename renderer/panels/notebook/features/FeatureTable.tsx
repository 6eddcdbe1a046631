import { NativeSelect, TextInput } from '@mantine/core'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { Json } from '../train-form.ts'
import { ColumnDetails } from './ColumnDetails.tsx'
import {
  type Choice,
  type ColumnType,
  defaultType,
  detailsInWords,
  encodingChoices,
  encodingOf,
  imputeChoices,
  settingsOf,
  typeChoices,
  withEncoding,
  withSetting,
  writeSettings,
} from './column-settings.ts'
import { Interactions } from './Interactions.tsx'
import { interactionsOf } from './interaction-settings.ts'

export interface RelationColumn {
  readonly name: string
  readonly type: string
}

/** A table of thousands of columns is searched, not scrolled through. */
const mostRows = 40

/** A choice that the cell holds but the form does not offer stays to be seen. */
function withChosen(choices: readonly Choice[], chosen: string): Choice[] {
  return choices.some(({ value }) => value === chosen)
    ? [...choices]
    : [...choices, { value: chosen, label: chosen }]
}

function Pick(props: {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly value: string
  readonly onChoose: (value: string) => void
}) {
  const { label, choices, value, onChoose } = props
  if (choices.length === 1 && value === '') return <span className="sw-muted">{choices[0]?.label}</span>
  return (
    <NativeSelect
      size="xs"
      variant="unstyled"
      aria-label={label}
      data-set={value !== ''}
      data={withChosen(choices, value)}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    />
  )
}

function FeatureRow(props: {
  readonly column: RelationColumn
  readonly settings: Json
  readonly trees: boolean
  readonly write: (settings: Json) => void
}) {
  const { column, settings, trees, write } = props
  const [open, setOpen] = useState(false)
  const asked = typeof settings.type === 'string' ? settings.type : ''
  const type = (asked || defaultType(column.type)) as ColumnType | null
  const words = detailsInWords(settings)
  if (type === null) {
    return (
      <tr>
        <td>{column.name}</td>
        <td colSpan={4} className="sw-muted">
          {column.type}: no encoder takes it; leave it out or convert it in SQL
        </td>
      </tr>
    )
  }
  return (
    <>
      <tr>
        <td>
          {column.name} <span className="sw-muted">{column.type}</span>
        </td>
        <td>
          <Pick
            label={`Type of ${column.name}`}
            choices={typeChoices(column.type)}
            value={asked}
            onChoose={(value) => write(withSetting(settings, ['type'], value || undefined))}
          />
        </td>
        <td>
          <Pick
            label={`Missing values of ${column.name}`}
            choices={imputeChoices(type, trees)}
            value={typeof settings.impute === 'string' ? settings.impute : ''}
            onChoose={(value) => write(withSetting(settings, ['impute'], value || undefined))}
          />
        </td>
        <td>
          <Pick
            label={`Encoding of ${column.name}`}
            choices={encodingChoices(type, trees)}
            value={encodingOf(settings)}
            onChoose={(value) => write(withEncoding(settings, type, value))}
          />
        </td>
        <td>
          <button
            type="button"
            className="sw-link sw-column-fold"
            aria-expanded={open}
            aria-label={`Details of ${column.name}`}
            onClick={() => setOpen(!open)}
          >
            {open ? <ChevronDown size={12} /> : <ChevronRight size={12} />}
            {words || 'Details'}
          </button>
        </td>
      </tr>
      {open && (
        <tr className="sw-column-open">
          <td colSpan={5}>
            <ColumnDetails column={settings} type={type} trees={trees} write={write} />
          </td>
        </tr>
      )}
    </>
  )
}

/** How each column becomes model inputs, as a row a column over the cell's `features.columns`. */
export function FeatureTable(props: {
  readonly spec: Json
  /** The relation's columns but the target and those left out. */
  readonly columns: readonly RelationColumn[]
  readonly trees: boolean
  readonly write: (spec: Json) => void
}) {
  const { spec, columns, trees, write } = props
  const [open, setOpen] = useState(false)
  const [wanted, setWanted] = useState('')
  const set = columns.filter(({ name }) => Object.keys(settingsOf(spec, name)).length > 0).length
  const found = columns.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()))
  const shown = found.slice(0, mostRows)
  const all = columns.length.toLocaleString('en-US')
  const from = spec.from === undefined ? '' : String(spec.from)
  const pairs = interactionsOf(spec).length
  const paired = pairs === 0 ? '' : `, ${pairs} ${pairs === 1 ? 'interaction' : 'interactions'}`
  return (
    <div className="sw-features">
      <button
        type="button"
        className="sw-link sw-column-fold"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {open ? <ChevronDown size={12} /> : <ChevronRight size={12} />}
        Features
      </button>
      <span className="sw-muted">
        {columns.length === 0
          ? from === ''
            ? 'choose a relation first'
            : `none of ${from} yet: run the cell that makes it`
          : `${all} ${columns.length === 1 ? 'column' : 'columns'}, ${set === 0 ? 'all by default' : `${set.toLocaleString('en-US')} with settings`}${paired}`}
      </span>
      {open && columns.length > 0 && (
        <>
          {columns.length > 12 && (
            <TextInput
              size="xs"
              aria-label="Find a column"
              placeholder="find a column"
              value={wanted}
              onChange={(event) => setWanted(event.currentTarget.value)}
            />
          )}
          <table className="sw-feature-table">
            <thead>
              <tr>
                {['Column', 'Type', 'Missing values', 'Encoding', 'Details and constraints'].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((column) => (
                <FeatureRow
                  key={column.name}
                  column={column}
                  settings={settingsOf(spec, column.name)}
                  trees={trees}
                  write={(settings) => write(writeSettings(spec, column.name, settings))}
                />
              ))}
            </tbody>
          </table>
          {found.length > shown.length && (
            <p className="sw-muted">
              {`${(found.length - shown.length).toLocaleString('en-US')} more; find them by name.`}
            </p>
          )}
          <Interactions spec={spec} columns={columns.map(({ name }) => name)} write={write} />
        </>
      )}
    </div>
  )
}
