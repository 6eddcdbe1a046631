import type { ColumnProfile } from '../../shared/contract/data.ts'
import { formatCount, formatNumber, formatShare } from './format.ts'
import { Sparkline } from './Sparkline.tsx'

/** A column's distribution over a line of figures, for a header. */
export function ColumnSpark(props: { readonly profile: ColumnProfile | undefined; readonly rows: number }) {
  const { profile, rows } = props
  if (!profile) return <div className="sw-spark-waiting" aria-hidden />
  const missing = profile.missing > 0 ? `${formatShare(profile.missing / Math.max(1, rows))} missing` : ''
  const what =
    profile.kind === 'numeric' || profile.kind === 'temporal'
      ? `${formatEnd(profile.min)} – ${formatEnd(profile.max)}`
      : `${formatCount(profile.distinct)} distinct`
  const detail = [
    `${profile.name} · ${profile.type}`,
    what,
    profile.mean === null ? '' : `mean ${formatNumber(profile.mean)}, sd ${formatNumber(profile.sd)}`,
    `${formatCount(profile.distinct)} distinct`,
    missing,
    ...(profile.kind === 'categorical'
      ? profile.histogram.slice(0, 5).map((bar) => `${bar.label}: ${formatCount(bar.count)}`)
      : []),
  ]
  return (
    <div className="sw-spark" title={detail.filter((line) => line).join('\n')}>
      <Sparkline
        values={profile.histogram.map((bar) => bar.count)}
        width={Math.min(20, profile.histogram.length) * 4}
        height={16}
        label={`Distribution of ${profile.name}`}
      />
      <span className="sw-spark-figure">{missing || what}</span>
    </div>
  )
}

function formatEnd(value: number | string | null): string {
  return typeof value === 'string' ? value.slice(0, 10) : formatNumber(value, 3)
}
