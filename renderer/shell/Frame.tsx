import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { WorkspaceInfo } from '../../shared/contract/workspace.ts'
import { api, engine, queryClient } from '../client.ts'
import { CommandPalette } from './CommandPalette.tsx'
import { Dock } from './Dock.tsx'
import { FrameCommands } from './FrameCommands.tsx'
import { frameState } from './frame-state.ts'
import { Inspector } from './Inspector.tsx'
import { decodeLayout, encodeLayout, type Layout } from './layout.ts'
import { openTab } from './open-tab.ts'
import { Rail } from './Rail.tsx'
import { SidePane } from './SidePane.tsx'
import { StatusBar } from './StatusBar.tsx'

/** The first notebook, or how to get one: a workspace never opened before does not start empty. */
async function openFirst(): Promise<void> {
  const files = await queryClient.fetchQuery(api.workspace.files.queryOptions())
  const first = files.find((file) => file.kind === 'notebook')
  if (first) openTab({ kind: 'notebook', id: first.path, title: first.path.split('/').at(-1) ?? first.path })
  else openTab({ kind: 'welcome', id: 'welcome', title: 'Getting started' })
}

function Workbench({ workspace, layout }: { readonly workspace: WorkspaceInfo; readonly layout: Layout }) {
  const current = useRef(layout)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  // A layout is a convenience: one that cannot be saved must not interrupt work with a message.
  const save = useCallback((change: Partial<Layout>) => {
    current.current = { ...current.current, ...change }
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      engine.workspace.saveLayout({ layout: encodeLayout(current.current) }).catch(() => {})
    }, 400)
  }, [])

  useEffect(() => {
    frameState.setState(layout.frame)
    const stop = frameState.subscribe((frame) => save({ frame }))
    return () => {
      stop()
      clearTimeout(timer.current)
    }
  }, [layout.frame, save])

  const onLayout = useCallback((dock: Record<string, unknown>) => save({ dock }), [save])
  return (
    <div className="sw-frame">
      <Rail />
      <SidePane />
      <main className="sw-dock">
        <Dock
          initial={layout.dock}
          onLayout={onLayout}
          onEmpty={() => {
            if (!layout.dock) openFirst().catch(() => {})
          }}
        />
      </main>
      <Inspector />
      <StatusBar workspace={workspace} />
      <CommandPalette />
      <FrameCommands />
    </div>
  )
}

/** The workbench on one open workspace, in the layout it was left in. */
export function Frame({ workspace }: { readonly workspace: WorkspaceInfo }) {
  const layout = useQuery({ ...api.workspace.layout.queryOptions(), gcTime: 0, staleTime: 0 })
  // Decoded once: what is saved later must not put the frame back to where it was.
  const [decoded] = useState<{ layout: Layout | undefined }>({ layout: undefined })
  if (layout.isPending) return null
  decoded.layout ??= decodeLayout(layout.data ?? null)
  return <Workbench workspace={workspace} layout={decoded.layout} />
}
