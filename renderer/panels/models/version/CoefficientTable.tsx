import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Coefficient, Coefficients } from '../../../../shared/models/coefficients.ts'
import type { Signature } from '../../../../shared/signature/signature.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Figure } from '../../../ui/Figure.tsx'
import { formatCount, formatCounted, formatMetric, formatNumber } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { rankCoefficients } from './rank-coefficients.ts'

function formatP(value: number | null): string {
  if (value === null) return '–'
  return value < 0.0001 ? '< 0.0001' : value.toFixed(4)
}

/** What one more unit of the column adds; an input that stands for a category or an interaction has no unit. */
function PerUnit(props: { readonly coefficient: Coefficient; readonly unit: string }) {
  const { perUnit, column, reference } = props.coefficient
  if (perUnit === null || reference) return null
  return <span title={`${props.unit} per unit of ${column}`}>{formatMetric(perUnit, 4)}</span>
}

/** What a linear or logistic model adds per input, and how sure that is. */
export function CoefficientTable(props: {
  readonly coefficients: Coefficients
  readonly signature: Signature
}) {
  const { coefficients, signature } = props
  const [filter, setFilter] = useState('')
  const classes = [...new Set(coefficients.coefficients.map((one) => one.class))]
  const [chosen, setChosen] = useState(classes[0] ?? null)
  const rows = rankCoefficients(coefficients.coefficients, chosen, filter)
  const unit = signature.task === 'regression' ? signature.target.name : 'log odds'
  const statistic = coefficients.distribution === 't' ? 't' : 'z'
  const hasErrors = coefficients.withoutErrors === null
  const { l1, l2 } = coefficients.penalty
  return (
    <div className="sw-models-tab">
      <Panel title="Fit">
        <div className="sw-models-figures">
          <Figure label="Rows">{formatCount(coefficients.rows)}</Figure>
          {coefficients.degreesOfFreedom !== null && (
            <Figure label="Degrees of freedom">{formatCount(coefficients.degreesOfFreedom)}</Figure>
          )}
          {coefficients.residualDeviation !== null && (
            <Figure label="Residual standard deviation" note={signature.target.name}>
              {formatNumber(coefficients.residualDeviation, 4)}
            </Figure>
          )}
          <Figure label="L1 penalty">{l1 === 0 ? 'none' : formatNumber(l1, 4)}</Figure>
          <Figure label="L2 penalty">{l2 === 0 ? 'none' : formatNumber(l2, 4)}</Figure>
        </div>
        {[
          ...(hasErrors ? [] : [`No standard errors: ${coefficients.withoutErrors}`]),
          ...coefficients.notes,
        ].map((note) => (
          <p key={note} className="sw-muted">
            {note}
          </p>
        ))}
      </Panel>
      <Panel
        title={`Coefficients in ${unit}`}
        actions={
          <>
            {classes.length > 1 && (
              <Select
                aria-label="Class"
                size="xs"
                data={classes.map(String)}
                value={chosen}
                allowDeselect={false}
                onChange={setChosen}
              />
            )}
            <TextInput
              aria-label="Filter inputs"
              placeholder="Filter inputs"
              size="xs"
              value={filter}
              onChange={(event) => setFilter(event.currentTarget.value)}
            />
          </>
        }
      >
        {rows.length === 0 ? (
          <EmptyState>No input’s name holds “{filter}”. Clear the filter to see them all.</EmptyState>
        ) : (
          <div className="sw-models-scroll">
            <table
              className="sw-table sw-models-table"
              aria-label={`${formatCounted(rows.length, 'coefficient')} in ${unit}`}
            >
              <thead>
                <tr>
                  <th>Input</th>
                  <th data-numeric>Estimate</th>
                  {hasErrors && (
                    <>
                      <th data-numeric>Standard error</th>
                      <th data-numeric data-main>
                        {statistic}
                      </th>
                      <th data-numeric>p</th>
                      <th data-numeric>95 % interval</th>
                    </>
                  )}
                  <th data-numeric>Per unit of the column</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((one) => (
                  <tr key={one.input ?? ''}>
                    <td>{one.input === null ? 'Intercept' : <code>{one.input}</code>}</td>
                    <td data-numeric>{one.reference ? 'reference' : formatMetric(one.estimate, 4)}</td>
                    {hasErrors && (
                      <>
                        <td data-numeric>{formatMetric(one.standardError, 4)}</td>
                        <td data-numeric>{formatMetric(one.statistic, 3)}</td>
                        <td data-numeric>{formatP(one.pValue)}</td>
                        <td data-numeric>
                          {one.low === null
                            ? '–'
                            : `${formatMetric(one.low, 4)} to ${formatMetric(one.high, 4)}`}
                        </td>
                      </>
                    )}
                    <td data-numeric className="sw-muted">
                      <PerUnit coefficient={one} unit={unit} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
    </div>
  )
}
