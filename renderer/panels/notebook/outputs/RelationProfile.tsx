import { useQueries } from '@tanstack/react-query'
import { api } from '../../../client.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { formatCount, formatNumber, formatShare } from '../../../ui/format.ts'
import { Sparkline } from '../../../ui/Sparkline.tsx'

/** The contract profiles at most so many columns at once. */
const most = 50

/** A scrolled region has to be reachable by keyboard. */
const tabStop = 0

function range(value: number | string | null): string {
  return typeof value === 'number' ? formatNumber(value) : (value ?? '–')
}

/** Every column with its distribution and figures. */
export function RelationProfile(props: {
  readonly relation: string
  readonly columns: readonly { readonly name: string }[]
  readonly rows: number
}) {
  const { relation, columns, rows } = props
  const blocks: string[][] = []
  for (let at = 0; at < columns.length; at += most) {
    blocks.push(columns.slice(at, at + most).map((column) => column.name))
  }
  const queries = useQueries({
    queries: blocks.map((names) => api.data.profile.queryOptions({ input: { relation, columns: names } })),
  })
  const failed = queries.find((query) => query.error)?.error
  if (failed) return <ErrorNote error={failed} />
  if (queries.some((query) => query.isPending))
    return <div className="sw-grid-waiting" style={{ height: 120 }} />
  const profiles = queries.flatMap((query) => query.data ?? [])
  return (
    <section className="sw-profile" aria-label={`Profile of ${relation}`} tabIndex={tabStop}>
      <table className="sw-table">
        <thead>
          <tr>
            <th>Column</th>
            <th>Distribution</th>
            <th data-numeric>Missing</th>
            <th data-numeric>Distinct</th>
            <th data-numeric>Min</th>
            <th data-numeric>Mean ± sd</th>
            <th data-numeric>Max</th>
            <th>Most frequent</th>
          </tr>
        </thead>
        <tbody>
          {profiles.map((column) => (
            <tr key={column.name}>
              <td>
                {column.name} <span className="sw-muted">{column.type}</span>
              </td>
              <td>
                <Sparkline
                  values={column.histogram.map((bar) => bar.count)}
                  label={`Distribution of ${column.name}`}
                  width={Math.min(20, column.histogram.length) * 5}
                  height={18}
                />
              </td>
              <td data-numeric>
                {column.missing === 0 ? '0' : formatShare(column.missing / Math.max(1, rows))}
              </td>
              <td data-numeric>{formatCount(column.distinct)}</td>
              <td data-numeric>{range(column.min)}</td>
              <td data-numeric>
                {column.mean === null ? '–' : `${formatNumber(column.mean)} ± ${formatNumber(column.sd)}`}
              </td>
              <td data-numeric>{range(column.max)}</td>
              <td>
                {column.kind === 'categorical' &&
                  column.histogram
                    .slice(0, 3)
                    .map((bar) => `${bar.label} ${formatShare(bar.count / Math.max(1, rows))}`)
                    .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
