import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { Panel } from '../ui/Panel.tsx'
import { commandRegistry, describeKeys, runCommand } from './commands.ts'

const notebookKeys = [
  ['↑ ↓ or j k', 'Select the cell above or below'],
  ['Enter', 'Edit the selected cell'],
  ['Esc', 'Leave the editor'],
  ['Shift+Enter', 'Run and go to the next cell'],
  ['Ctrl+Enter', 'Run'],
  ['a, b', 'New cell above, below'],
  ['d d', 'Delete the cell'],
  ['m, y', 'Make it Markdown, make it code'],
  ['z, Shift+Z', 'Undo, redo'],
] as const

/** The way from data to a monitored deployment, and every shortcut. */
export function WelcomePage() {
  const { commands } = useStore(commandRegistry)
  const bound = [...commands.values()].filter((command) => command.keys !== undefined)
  return (
    <div className="sw-page">
      <div className="sw-settings">
        <h1>Getting started</h1>
        <Panel title="From data to a monitored deployment">
          <ol>
            <li>Drop a CSV, Parquet or JSON file on the Files list: it becomes a relation.</li>
            <li>In a notebook, shape it with SQL cells; the cell's name is the relation's name.</li>
            <li>A train cell fits a model and registers it under Models.</li>
            <li>Package turns a version into a bundle and proves that it predicts the same.</li>
            <li>Deploy starts it at an endpoint; Monitoring shows its traffic and drift.</li>
          </ol>
          <Button variant="light" onClick={() => runCommand('new-notebook')}>
            New notebook
          </Button>
        </Panel>
        <Panel title="In a notebook, outside the editor">
          <Keys rows={notebookKeys} />
        </Panel>
        <Panel title="Everywhere">
          <Keys
            rows={[
              [describeKeys('mod+K'), 'Find everything'] as const,
              ...bound.map((command) => [describeKeys(command.keys ?? ''), command.title] as const),
            ]}
          />
        </Panel>
      </div>
    </div>
  )
}

function Keys({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <table className="sw-table">
      <tbody>
        {rows.map(([keys, does]) => (
          <tr key={keys + does}>
            <td style={{ width: 160 }}>
              <kbd className="sw-keys">{keys}</kbd>
            </td>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
