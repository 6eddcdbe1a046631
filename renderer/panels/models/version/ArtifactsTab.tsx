import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { FolderOpen } from 'lucide-react'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { api } from '../../../client.ts'
import { Chip } from '../../../ui/Chip.tsx'
import { CopyButton } from '../../../ui/CopyButton.tsx'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { formatBytes, formatCounted } from '../../../ui/format.ts'
import { Panel } from '../../../ui/Panel.tsx'

/** The version's files as they lie in the catalog. */
export function ArtifactsTab(props: { readonly detail: ModelDetail }) {
  const { artifacts, record } = props.detail
  const reveal = useMutation(api.models.reveal.mutationOptions())
  const total = artifacts.reduce((sum, file) => sum + file.bytes, 0)
  return (
    <div className="sw-models-tab">
      <Panel
        title={`${formatCounted(artifacts.length, 'file')}, ${formatBytes(total)}`}
        actions={
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<FolderOpen size={12} />}
            loading={reveal.isPending}
            onClick={() => reveal.mutate({ name: record.name, version: record.version })}
          >
            Reveal in folder
          </Button>
        }
      >
        {reveal.isError && <ErrorNote error={reveal.error} />}
        <p className="sw-models-hash sw-models-digest">
          <span className="sw-muted">Content digest</span>
          <code title={record.digest}>{record.digest.slice(0, 16)}…</code>
          <CopyButton text={record.digest} label="Copy the content digest" />
        </p>
        <div className="sw-models-scroll">
          <table className="sw-table sw-models-table">
            <thead>
              <tr>
                <th>Path</th>
                <th data-numeric>Size</th>
                <th>SHA-256</th>
              </tr>
            </thead>
            <tbody>
              {artifacts.map((file) => (
                <tr key={file.path}>
                  <td>
                    <code>{file.path}</code>{' '}
                    {file.problem !== null && (
                      <Chip tone="failed" title={`${file.path} ${file.problem}`}>
                        {file.problem}
                      </Chip>
                    )}
                  </td>
                  <td data-numeric title={`${file.bytes} bytes`}>
                    {formatBytes(file.bytes)}
                  </td>
                  <td>
                    <span className="sw-models-hash">
                      <code title={file.sha256}>{file.sha256.slice(0, 16)}…</code>
                      <CopyButton text={file.sha256} label={`Copy the SHA-256 of ${file.path}`} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
    </div>
  )
}
