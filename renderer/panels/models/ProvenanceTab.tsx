import { Button } from '@mantine/core'
import type { ModelVersion, Provenance } from '../../../shared/catalog/version.ts'
import { openTab } from '../../shell/open-tab.ts'
import { Chip } from '../../ui/Chip.tsx'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { formatCounted, formatDuration, formatTime } from '../../ui/format.ts'
import { KeyValue } from '../../ui/KeyValue.tsx'
import { Panel } from '../../ui/Panel.tsx'

/** Where the version came from: enough to make it again. */
export function ProvenanceTab(props: { readonly record: ModelVersion }) {
  const { record } = props
  const { provenance } = record
  const { data, git, notebook } = provenance
  return (
    <div className="sw-models-tab">
      <Panel title="Code">
        <KeyValue
          items={[
            ...(provenance.workspace ? [['Workspace', provenance.workspace.name] as const] : []),
            ['Notebook', <NotebookLink key="notebook" notebook={notebook} />],
            ['Cell', provenance.cell ?? '–'],
            ['Sources', <Hash key="sources" text={provenance.notebookHash} what="the notebook's hash" />],
            ['Git', <GitState key="git" git={git} />],
          ]}
        />
      </Panel>
      {provenance.imported && (
        <Panel title="Imported">
          <KeyValue
            items={[
              ['File', <code key="file">{provenance.imported.file}</code>],
              ['Written by', provenance.imported.producer],
              ['SHA-256', <Hash key="hash" text={provenance.imported.sha256} what="the file's SHA-256" />],
              [
                'Recorded rows',
                provenance.imported.rows === 'given'
                  ? 'of the data below'
                  : provenance.imported.format === 'xgboost'
                    ? "made up from the trees' thresholds"
                    : 'made up to try the graph',
              ],
            ]}
          />
        </Panel>
      )}
      <Panel
        title="Data"
        actions={
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => openTab({ kind: 'relation', id: data.relation, title: data.relation })}
          >
            Open the relation
          </Button>
        }
      >
        <KeyValue
          items={[
            ['Relation', <code key="relation">{data.relation}</code>],
            ['Size', formatCounted(data.rows, 'row')],
            ['Content', <Hash key="hash" text={data.contentHash} what="the content hash" />],
          ]}
        />
        {data.sql === null ? (
          <p className="sw-muted">A table: its rows are what the hash stands for, no view’s SQL.</p>
        ) : (
          <div className="sw-models-sql">
            <CopyButton text={data.sql} label="Copy the SQL" />
            <pre className="sw-models-code">{data.sql}</pre>
          </div>
        )}
      </Panel>
      <Panel title="Run">
        <KeyValue
          items={[
            ['Trained', formatTime(record.created)],
            ['Duration', formatDuration(record.durationMs)],
            ...(provenance.backend === 'none' ? [] : [['Backend', provenance.backend] as const]),
            ['Slipway', provenance.slipway],
            ['Node', provenance.node],
            ['Platform', provenance.platform],
            ...Object.entries(provenance.packages).map(([name, version]) => [name, version] as const),
          ]}
        />
      </Panel>
    </div>
  )
}

function NotebookLink(props: { readonly notebook: string | null }) {
  const { notebook } = props
  if (notebook === null) return 'trained outside a notebook'
  return (
    <button
      type="button"
      className="sw-models-link"
      onClick={() => openTab({ kind: 'notebook', id: notebook, title: notebook })}
    >
      {notebook}
    </button>
  )
}

function GitState(props: { readonly git: Provenance['git'] }) {
  const { git } = props
  if (git === null) return 'not in a git repository'
  return (
    <span className="sw-models-row">
      <Hash text={git.commit} what="the commit" />
      {git.branch !== null && <Chip>{git.branch}</Chip>}
      {git.dirty && (
        <Chip tone="stale" title="Files differed from the commit when the model was trained">
          with uncommitted changes
        </Chip>
      )}
    </span>
  )
}

/** A hash by its first characters; the whole of it is copied. */
function Hash(props: { readonly text: string | null; readonly what: string }) {
  const { text } = props
  if (text === null) return '–'
  return (
    <span className="sw-models-hash">
      <code title={text}>{text.slice(0, 12)}</code>
      <CopyButton text={text} label={`Copy ${props.what}`} />
    </span>
  )
}
