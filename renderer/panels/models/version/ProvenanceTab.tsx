import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ModelVersion, Provenance } from '../../../../shared/catalog/version.ts'
import { api } from '../../../client.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { Chip } from '../../../ui/Chip.tsx'
import { CopyButton } from '../../../ui/CopyButton.tsx'
import { formatCounted, formatDuration, formatTime } from '../../../ui/format.ts'
import { KeyValue } from '../../../ui/KeyValue.tsx'
import { Panel } from '../../../ui/Panel.tsx'

/** Where the version came from: enough to make it again. */
export function ProvenanceTab(props: { readonly record: ModelVersion }) {
  const { record } = props
  const { provenance } = record
  const { data, git, imported, notebook } = provenance
  return (
    <div className="sw-models-tab">
      {!imported && (
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
      )}
      {imported && (
        <Panel title="Model file">
          <KeyValue
            items={[
              ['File', <code key="file">{imported.file}</code>],
              ['Written by', imported.producer],
              ['SHA-256', <Hash key="hash" text={imported.sha256} what="the file's SHA-256" />],
              ...(provenance.workspace ? [['Workspace', provenance.workspace.name] as const] : []),
              [
                'Recorded rows',
                imported.rows === 'given'
                  ? 'of the data below'
                  : imported.format === 'xgboost'
                    ? "made up from the trees' thresholds"
                    : 'made up to try the graph',
              ],
            ]}
          />
        </Panel>
      )}
      {imported?.rows !== 'made' && <DataPanel data={data} />}
      <Panel title="Run">
        <KeyValue
          items={[
            [imported ? 'Imported' : 'Trained', formatTime(record.created)],
            ...(imported ? [] : [['Duration', formatDuration(record.durationMs)] as const]),
            ...(provenance.backend === 'none' ? [] : [['Backend', provenance.backend] as const]),
            ['Slipway', provenance.slipway],
            ['Node', provenance.node],
            ['Platform', provenance.platform],
            ...Object.entries(provenance.packages).map(
              ([name, version]) => [packageNames[name] ?? name, version] as const,
            ),
          ]}
        />
      </Panel>
    </div>
  )
}

const packageNames: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs': 'TensorFlow.js',
  duckdb: 'DuckDB',
  xgboost: 'XGBoost',
}

/** The relation that was trained on, or the file that an imported model was tried on. */
function DataPanel(props: { readonly data: Provenance['data'] }) {
  const { data } = props
  const relations = useQuery(api.data.relations.queryOptions()).data ?? []
  const known = relations.some(({ name }) => name.toLowerCase() === data.relation.toLowerCase())
  const file = !known && /[/\\]/.test(data.relation)
  return (
    <Panel
      title="Data"
      actions={
        known && (
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => openTab({ kind: 'relation', id: data.relation, title: data.relation })}
          >
            Open the relation
          </Button>
        )
      }
    >
      <KeyValue
        items={[
          [file ? 'File' : 'Relation', <code key="relation">{data.relation}</code>],
          ['Size', formatCounted(data.rows, 'row')],
          ['Content', <Hash key="hash" text={data.contentHash} what="the content hash" />],
        ]}
      />
      {data.sql !== null && (
        <div className="sw-models-sql">
          <CopyButton text={data.sql} label="Copy the SQL" />
          <pre className="sw-models-code">{data.sql}</pre>
        </div>
      )}
      {data.sql === null && !file && (
        <p className="sw-muted">A table: its rows are what the hash stands for, no view’s SQL.</p>
      )}
    </Panel>
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
