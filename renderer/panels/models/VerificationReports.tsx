import { useQuery } from '@tanstack/react-query'
import type { VersionRef } from '../../../shared/contract/models.ts'
import { api } from '../../client.ts'
import { formatBytes } from '../../ui/format.ts'
import { QueryView } from '../../ui/QueryView.tsx'
import { Time } from '../../ui/Time.tsx'
import { CheckList } from './CheckList.tsx'

/** How the version's bundles were verified when they were packaged: one report for each target. */
export function VerificationReports(props: { readonly version: VersionRef }) {
  const { name, version } = props.version
  const reports = useQuery(api.bundles.reports.queryOptions({ input: { name, version } }))
  return (
    <QueryView query={reports} loading="Reading the verification reports">
      {(all) =>
        all.length === 0 ? (
          <p className="sw-muted">
            This version has not been packaged yet. Package it to verify it as it will be served.
          </p>
        ) : (
          all.map((report) => (
            <section key={report.target} aria-label={`Verification of the bundle for ${report.target}`}>
              <h3>{report.target === 'any' ? 'Bundle for any system' : `Bundle for ${report.target}`}</h3>
              <p className="sw-muted">
                {report.ok ? 'All checks passed' : 'Not every check passed'} <Time at={report.created} />, on{' '}
                {report.platform} with Node {report.node}; {formatBytes(report.bytes)}
              </p>
              <CheckList checks={report.checks} />
            </section>
          ))
        )
      }
    </QueryView>
  )
}
