import type { ModelDetail } from '../../../shared/contract/models.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { formatBytes, formatCounted } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'

/** The version's files as they lie in the catalog. */
export function ArtifactsTab(props: { readonly detail: ModelDetail }) {
  const { artifacts } = props.detail
  const total = artifacts.reduce((sum, file) => sum + file.bytes, 0)
  return (
    <div className="sw-models-tab">
      <Panel title={`${formatCounted(artifacts.length, 'file')}, ${formatBytes(total)}`}>
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
                    <code>{file.path}</code>
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
