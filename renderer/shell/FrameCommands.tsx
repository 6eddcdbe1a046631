import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, engine, queryClient } from '../client.ts'
import { type Command, useCommands } from './commands.ts'
import { railAreas, showSide, toggleInspector, toggleSide } from './frame-state.ts'
import { noticeFailure } from './notice.ts'
import { openTab } from './open-tab.ts'
import { railTitles } from './Rail.tsx'
import { closeWorkspace } from './start-requests.ts'
import { useThemeCommands } from './use-theme-commands.ts'

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path
}

/** A name that no file has yet: `untitled.ipynb`, `untitled-2.ipynb`, … */
export function freeNotebookName(paths: readonly string[]): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? 'untitled.ipynb' : `untitled-${count}.ipynb`
    if (!paths.includes(name)) return name
  }
}

export async function createNotebook(): Promise<void> {
  try {
    const files = await queryClient.fetchQuery({ ...api.workspace.files.queryOptions(), staleTime: 0 })
    const entry = await engine.workspace.createNotebook({
      path: freeNotebookName(files.map((file) => file.path)),
    })
    queryClient.invalidateQueries({ queryKey: api.workspace.files.key() })
    openTab({ kind: 'notebook', id: entry.path, title: baseName(entry.path) })
  } catch (error) {
    noticeFailure('Creating a notebook', error)
  }
}

const frameCommands: readonly Command[] = [
  { id: 'new-notebook', title: 'New notebook', group: 'Workspace', keys: 'mod+alt+N', run: createNotebook },
  {
    id: 'open-workspace',
    title: 'Open another workspace…',
    group: 'Workspace',
    keys: 'mod+O',
    run: closeWorkspace,
  },
  {
    id: 'settings',
    title: 'Settings',
    group: 'Workspace',
    keys: 'mod+,',
    run: () => openTab({ kind: 'settings', id: 'settings', title: 'Settings' }),
  },
  { id: 'toggle-side', title: 'Show or hide the list', group: 'View', keys: 'mod+B', run: toggleSide },
  {
    id: 'toggle-inspector',
    title: 'Show or hide the inspector',
    group: 'View',
    keys: 'mod+I',
    run: toggleInspector,
  },
  {
    id: 'fleet',
    title: 'All deployments at a glance',
    group: 'Go to',
    run: () => openTab({ kind: 'fleet', id: 'fleet', title: 'Fleet' }),
  },
  {
    id: 'keyboard',
    title: 'Keyboard shortcuts',
    group: 'View',
    run: () => openTab({ kind: 'welcome', id: 'welcome', title: 'Getting started' }),
  },
  ...railAreas.map((area, index) => ({
    id: `show-${area}`,
    title: railTitles[area],
    group: 'View' as const,
    keys: `mod+alt+${index + 1}`,
    run: () => showSide(area),
  })),
]

/** The commands of the frame itself, and one for everything that can be opened. */
export function FrameCommands() {
  useCommands(frameCommands)
  useThemeCommands()
  const files = useQuery(api.workspace.files.queryOptions()).data
  const relations = useQuery(api.data.relations.queryOptions()).data
  const models = useQuery(api.models.list.queryOptions()).data
  const deployments = useQuery(api.deployments.list.queryOptions()).data
  const destinations = useMemo(() => {
    const goTo = (id: string, title: string, run: () => void): Command => ({ id, title, group: 'Go to', run })
    return [
      ...(files ?? [])
        .filter((file) => file.kind === 'notebook')
        .map((file) =>
          goTo(`open-notebook:${file.path}`, file.path, () =>
            openTab({ kind: 'notebook', id: file.path, title: baseName(file.path) }),
          ),
        ),
      ...(relations ?? []).map((relation) =>
        goTo(`open-relation:${relation.name}`, `${relation.name} (relation)`, () =>
          openTab({ kind: 'relation', id: relation.name, title: relation.name }),
        ),
      ),
      ...(models ?? []).map((model) => {
        const name = `${model.name} v${model.version}`
        return goTo(`open-model:${model.name}:${model.version}`, `${name} (model)`, () =>
          openTab({ kind: 'model', id: `${model.name}:${model.version}`, title: name }),
        )
      }),
      ...(deployments ?? []).flatMap((deployment) => [
        goTo(`open-deployment:${deployment.name}`, `${deployment.name} (deployment)`, () =>
          openTab({ kind: 'deployment', id: deployment.name, title: deployment.name }),
        ),
        goTo(`open-monitoring:${deployment.name}`, `${deployment.name} (monitoring)`, () =>
          openTab({ kind: 'monitoring', id: deployment.name, title: `${deployment.name} monitoring` }),
        ),
      ]),
    ]
  }, [files, relations, models, deployments])
  useCommands(destinations)
  return null
}
