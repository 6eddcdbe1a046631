import type { StoredReport } from '../../../shared/bundle/stored-report.ts'
import { table } from '../table.ts'
import { type Call, refOf, say } from './model-action.ts'

function describe({ target, created, ok, checks }: StoredReport): string {
  const rows = checks.map(({ status, name, detail }) => [status, name, detail])
  return `For ${target}, ${created}: ${ok ? 'verified' : 'failed'}\n${table(['result', 'check', 'found'], rows)}`
}

/** `models checks <version>`: how its bundles were verified when they were packaged, one report for each target. */
export async function checks(call: Call): Promise<number> {
  const ref = await refOf(call)
  const reports = await call.opened.bundles.reports(ref)
  const text =
    reports.length === 0
      ? `${ref.name}:${ref.version} was not packaged yet. slipway package verifies what it writes.`
      : reports.map(describe).join('\n\n')
  return say(call, reports, text)
}
