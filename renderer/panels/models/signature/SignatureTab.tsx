import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { describeConstraints } from '../../../../shared/signature/limits.ts'
import type { SignatureColumn } from '../../../../shared/signature/signature.ts'
import { Chip } from '../../../ui/Chip.tsx'
import { formatCounted, formatShare } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { BaselineHistogram } from './BaselineHistogram.tsx'
import { baselineShares } from './baseline-shares.ts'
import { seenValues } from './seen-values.ts'

/** Rows of the table at first and with each wish for more: thousands at once would stop the window for seconds. */
const columnsAtATime = 100

/** What a request must carry, what comes back, and how each column looked in training. */
export function SignatureTab(props: { readonly detail: ModelDetail }) {
  const { record, baseline } = props.detail
  const { signature, provenance } = record
  const origin = { given: 'given', made: 'made-up', 'held out': 'held-out' }[
    provenance.imported?.rows ?? 'held out'
  ]
  const counted = baseline.rows === 0 ? [] : baseline.features
  const columns = new Map(counted.map((column) => [column.layout.name, column]))
  const [wanted, setWanted] = useState('')
  const [most, setMost] = useState(columnsAtATime)
  const found = signature.inputs.filter(({ name }) =>
    name.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  const more = found.length - most
  return (
    <div className="sw-models-tab">
      <Panel title={`Inputs: ${formatCounted(signature.inputs.length, 'column')}`}>
        {signature.inputs.length > columnsAtATime && (
          <TextInput
            size="xs"
            w={260}
            mb="xs"
            aria-label="Find a column"
            placeholder="Find a column"
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        )}
        <div className="sw-models-scroll">
          <table className="sw-table sw-models-table">
            <thead>
              <tr>
                <th>Column</th>
                <th>Type</th>
                <th>Required</th>
                <th>Missing</th>
                <th>Range or values</th>
                {columns.size > 0 && <th>Training data</th>}
              </tr>
            </thead>
            <tbody>
              {found.slice(0, most).map((column) => {
                const counted = columns.get(column.name)
                const shares = counted === undefined ? null : baselineShares(counted, column.integer === true)
                return (
                  <tr key={column.name}>
                    <td>
                      <code>{column.name}</code>
                    </td>
                    <td title={`${column.sourceType} in the training data`}>
                      {column.type} <span className="sw-muted">{column.sourceType}</span>
                    </td>
                    <td>{column.required ? 'yes' : 'may be left out'}</td>
                    <td>
                      {column.missing ? 'allowed' : 'no'}
                      {shares !== null && shares.missing > 0 && (
                        <span className="sw-muted" title="Share of the training rows">
                          {' '}
                          {formatShare(shares.missing)}
                        </span>
                      )}
                    </td>
                    <td>
                      <Domain column={column} />
                    </td>
                    {columns.size > 0 && (
                      <td>{shares !== null && <BaselineHistogram column={column.name} shares={shares} />}</td>
                    )}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
        {found.length === 0 && <p className="sw-muted">No column has "{wanted.trim()}" in its name.</p>}
        {more > 0 && (
          <Button variant="subtle" size="xs" mt="xs" onClick={() => setMost(most + columnsAtATime)}>
            Show {Math.min(more, columnsAtATime)} more of {formatCounted(more, 'column')}
          </Button>
        )}
      </Panel>
      <Panel title="Output">
        <p className="sw-models-output">
          <code>{signature.target.name}</code> <span className="sw-muted">{signature.target.sourceType}</span>
          {signature.target.classes?.map((label) => (
            <Chip key={String(label)}>{String(label)}</Chip>
          ))}
          {signature.task === 'binary' && (
            <span className="sw-muted">the last one is the positive class</span>
          )}
        </p>
        {baseline.heldOutRows > 0 && (
          <div className="sw-models-outputs">
            {baseline.outputs.map((output) => (
              <figure key={output.layout.name}>
                <figcaption>
                  {output.layout.name}{' '}
                  <span className="sw-muted">on {formatCounted(baseline.heldOutRows, `${origin} row`)}</span>
                </figcaption>
                <BaselineHistogram column={output.layout.name} shares={baselineShares(output)} wide />
              </figure>
            ))}
          </div>
        )}
      </Panel>
    </div>
  )
}

function Domain(props: { readonly column: SignatureColumn }) {
  const demanded = describeConstraints(props.column)
  return (
    <>
      <Seen column={props.column} />
      {demanded !== null && <div className="sw-muted">refused unless {demanded}</div>}
    </>
  )
}

function Seen(props: { readonly column: SignatureColumn }) {
  const { column } = props
  switch (column.type) {
    case 'boolean':
    case 'text':
    case 'timestamp':
      return seenValues(column)
    case 'numeric':
      return (
        <span className="sw-models-numbers">
          {seenValues(column)}
          {column.integer === true && <span className="sw-muted"> whole</span>}
        </span>
      )
    case 'categorical': {
      const values = column.values ?? []
      const first = values.slice(0, 3)
      return (
        <span className="sw-models-values" title={values.slice(0, 40).join(', ')}>
          {first.join(', ')}
          {values.length > first.length && (
            <span className="sw-muted"> and {values.length - first.length} more</span>
          )}
        </span>
      )
    }
  }
}
