import type { Drift } from '../../../shared/contract/monitoring.ts'

export type Verdict = Drift['verdict']

export const verdictNames: Record<Verdict, string> = {
  stable: 'Stable',
  warning: 'Warning',
  alarm: 'Alarm',
  'too-few': 'Too few rows',
}

export interface RankedDrift {
  readonly drift: Drift
  /** Place in the state's `drift`, which is also the place in every point's `psi`. */
  readonly index: number
}

/** Largest shift first; what has too few rows to judge comes last, however large its PSI looks. */
export function rankDrift(drifts: readonly Drift[], role: Drift['role']): RankedDrift[] {
  return drifts
    .map((drift, index) => ({ drift, index }))
    .filter(({ drift }) => drift.role === role)
    .sort(
      (a, b) =>
        Number(a.drift.verdict === 'too-few') - Number(b.drift.verdict === 'too-few') ||
        b.drift.psi - a.drift.psi ||
        a.drift.column.localeCompare(b.drift.column),
    )
}

/** How far a bar reaches, 0 to 1, on a scale that always shows the alarm threshold. */
export function barScale(drifts: readonly Drift[]): number {
  const largest = Math.max(0, ...drifts.map((drift) => drift.psi).filter(Number.isFinite))
  return Math.max(0.4, largest * 1.05)
}

/** One sentence on a list of drifts: `2 of 19 features alarm, 1 warns`. */
export function summariseDrift(drifts: readonly Drift[], one: string): string {
  const count = (verdict: Verdict) => drifts.filter((drift) => drift.verdict === verdict).length
  const many = drifts.length === 1 ? one : `${one}s`
  const parts = [
    { n: count('alarm'), text: 'in alarm' },
    { n: count('warning'), text: 'with a warning' },
    { n: count('too-few'), text: 'with too few rows to tell' },
  ].filter((part) => part.n > 0)
  if (parts.length === 0) return `All ${drifts.length} ${many} stable`
  return `${parts.map((part) => `${part.n} ${part.text}`).join(', ')}, of ${drifts.length} ${many}`
}
