import { Button, Checkbox } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useState } from 'react'
import type { IntrospectionTest } from '../../../../shared/catalog/introspection.ts'
import type { ModelDetail, VersionRef } from '../../../../shared/contract/models.ts'
import { api } from '../../../client.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { QueryView } from '../../../ui/QueryView.tsx'
import { Time } from '../../../ui/Time.tsx'
import { CheckList } from '../packaging/CheckList.tsx'

const statusOf = { Passed: 'passed', Failed: 'failed', 'Not Tested': 'not-tested' } as const

function countOf(tests: readonly IntrospectionTest[], status: IntrospectionTest['status']): number {
  return tests.filter((test) => test.status === status).length
}

/** Introspection: the version's own tests, which run its model. */
export function ChecksTab(props: { readonly detail: ModelDetail }) {
  const { detail } = props
  const { tests, testedAt, record } = detail
  const [bundle, setBundle] = useState(false)
  const queries = useQueryClient()
  const run = useMutation(
    api.models.introspect.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.models.key() }),
    }),
  )
  const start = () => run.mutate({ name: record.name, version: record.version, bundle })
  const failed = countOf(tests, 'Failed')
  return (
    <div className="sw-models-tab">
      <Panel
        title="Introspection"
        actions={
          <div className="sw-models-row sw-models-run">
            <Checkbox
              size="xs"
              label="Package and boot it as well"
              checked={bundle}
              onChange={(event) => setBundle(event.currentTarget.checked)}
            />
            <Button
              variant="default"
              size="compact-xs"
              leftSection={<Play size={12} />}
              loading={run.isPending}
              onClick={start}
            >
              Run the tests
            </Button>
          </div>
        }
      >
        {run.isError && <ErrorNote error={run.error} />}
        {testedAt === null ? (
          <p className="sw-muted">
            Not tested yet. The tests hash its files, load its model and let it predict its recorded rows.
          </p>
        ) : (
          <>
            <p className="sw-muted">
              {countOf(tests, 'Passed')} passed, {failed} failed, {countOf(tests, 'Not Tested')} not tested,{' '}
              <Time at={testedAt} />
            </p>
            <CheckList checks={tests.map((test) => ({ ...test, status: statusOf[test.status] }))} />
          </>
        )}
      </Panel>
      <Verifications version={{ name: record.name, version: record.version }} />
    </div>
  )
}

/** What packaging proved of the version's bundles, one report for each target. */
function Verifications(props: { readonly version: VersionRef }) {
  const reports = useQuery(api.bundles.reports.queryOptions({ input: props.version }))
  return (
    <QueryView query={reports} loading="Reading the reports">
      {(found) =>
        found.length === 0 ? (
          <Panel title="Verification">
            <p className="sw-muted">
              Not packaged yet. Packaging boots the bundle and replays the recorded rows.
            </p>
          </Panel>
        ) : (
          found.map((report) => (
            <Panel
              key={report.target}
              title={`Verification of the bundle for ${report.target === 'any' ? 'any platform' : report.target}`}
            >
              <p className="sw-muted">
                {report.ok ? 'Passed' : 'Failed'} on {report.platform}, Node {report.node},{' '}
                <Time at={report.created} />
              </p>
              <CheckList checks={report.checks} />
            </Panel>
          ))
        )
      }
    </QueryView>
  )
}
