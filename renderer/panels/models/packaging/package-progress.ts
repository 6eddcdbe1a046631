import { assertNever } from '../../../../shared/assert-never.ts'
import type { Check, Report } from '../../../../shared/bundle/check.ts'
import type { PackageEvent } from '../../../../shared/contract/bundles.ts'
import type { FailureData } from '../../../../shared/failure.ts'

export interface CheckProgress {
  readonly name: string
  readonly status: Check['status'] | 'running'
  readonly detail: string
}

export type PackageOutcome =
  | { readonly type: 'running' }
  | { readonly type: 'done'; readonly report: Report }
  | { readonly type: 'failed'; readonly failure: FailureData }
  | { readonly type: 'cancelled' }

/** What the sheet shows of one packaging. */
export interface PackageProgress {
  readonly step: string
  /** 0 to 1; never goes back. */
  readonly fraction: number
  readonly checks: readonly CheckProgress[]
  readonly outcome: PackageOutcome
}

export const packageStarted: PackageProgress = {
  step: 'Starting',
  fraction: 0,
  checks: [],
  outcome: { type: 'running' },
}

export function packageProgress(state: PackageProgress, event: PackageEvent): PackageProgress {
  switch (event.type) {
    case 'step':
      return { ...state, step: event.title, fraction: Math.max(state.fraction, event.fraction) }
    case 'running':
      return {
        ...state,
        step: event.check,
        fraction: Math.max(state.fraction, event.fraction),
        checks: placed(state.checks, { name: event.check, status: 'running', detail: '' }),
      }
    case 'check':
      return {
        ...state,
        fraction: Math.max(state.fraction, event.fraction),
        checks: placed(state.checks, event.check),
      }
    case 'done':
      return {
        step: '',
        fraction: 1,
        checks: event.report.checks,
        outcome: { type: 'done', report: event.report },
      }
    default:
      return assertNever(event)
  }
}

/** Cancelling and failing leave the checks as they were: a check that was running is not passed. */
export function packageEnded(state: PackageProgress, outcome: PackageOutcome): PackageProgress {
  if (state.outcome.type !== 'running') return state
  return {
    ...state,
    checks: state.checks.map((check) =>
      check.status === 'running'
        ? { ...check, status: 'not-tested', detail: 'stopped before it ended' }
        : check,
    ),
    outcome,
  }
}

/** A check keeps its place in the list from the moment it is announced. */
function placed(checks: readonly CheckProgress[], check: CheckProgress): CheckProgress[] {
  const index = checks.findIndex((known) => known.name === check.name)
  if (index < 0) return [...checks, check]
  return checks.with(index, check)
}
