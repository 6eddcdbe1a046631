import type { Report } from '../../shared/bundle/check.ts'
import type { PackageEvent } from '../../shared/contract/bundles.ts'
import type { Terminal } from './command.ts'

const marks = { passed: '✓', failed: '✗', 'not-tested': '–' } as const

/** Writes each check to standard error as it finishes. */
export function showPackageEvents(terminal: Terminal): (event: PackageEvent) => void {
  return (event) => {
    if (event.type === 'step') terminal.log(`${event.title}\n`)
    if (event.type === 'check') {
      terminal.log(`${marks[event.check.status]} ${event.check.name.padEnd(28)} ${event.check.detail}\n`)
    }
  }
}

export function reportLines(report: Report): string {
  const failed = report.checks.filter((check) => check.status === 'failed')
  const size = `${(report.bytes / 1e6).toFixed(2)} MB`
  if (report.ok) return `${report.path}  ${size}, ${report.checks.length} checks passed`
  return `${report.path}  ${failed.length} of ${report.checks.length} checks failed: ${failed.map((check) => `${check.name} (${check.detail})`).join('; ')}`
}
