import { Button } from '@mantine/core'
import {
  type DockviewApi,
  DockviewReact,
  type IDockviewPanelHeaderProps,
  type IDockviewPanelProps,
  type SerializedDockview,
} from 'dockview-react'
import {
  Activity,
  Box,
  FileText,
  Layers,
  Radio,
  Rocket,
  Settings,
  Sheet,
  Sparkles,
  Table2,
  X,
} from 'lucide-react'
import { type ComponentType, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx'
import { type Command, describeKeys, runCommand, useCommands } from './commands.ts'
import { ActiveTab } from './InspectorSlot.tsx'
import { type TabKind, type TabProps, type TabRequest, tabQueue, takeTabRequests } from './open-tab.ts'
import { tabRegistry } from './tab-registry.ts'

interface TabParams {
  readonly kind: TabKind
  readonly id: string
  /** Not part of the remembered layout: see `remembered`. */
  readonly state?: TabProps['state']
}

const icons: Readonly<Record<TabKind, ComponentType<{ size?: number }>>> = {
  notebook: FileText,
  relation: Table2,
  file: Sheet,
  models: Layers,
  model: Box,
  deployment: Rocket,
  fleet: Radio,
  monitoring: Activity,
  settings: Settings,
  welcome: Sparkles,
}

function TabBody({ params, api }: IDockviewPanelProps<TabParams>) {
  const [visible, setVisible] = useState(api.isVisible)
  const [active, setActive] = useState(api.isActive)
  useEffect(() => {
    const watching = [
      api.onDidVisibilityChange((event) => setVisible(event.isVisible)),
      api.onDidActiveChange((event) => setActive(event.isActive)),
    ]
    return () => {
      for (const subscription of watching) subscription.dispose()
    }
  }, [api])
  const setTitle = useCallback((title: string) => api.setTitle(title), [api])
  const Component = tabRegistry[params.kind]
  return (
    <ActiveTab value={active && visible}>
      <ErrorBoundary>
        <Suspense fallback={<div className="sw-page" aria-busy />}>
          <Component id={params.id} state={params.state} visible={visible} setTitle={setTitle} />
        </Suspense>
      </ErrorBoundary>
    </ActiveTab>
  )
}

function TabHead({ api, params }: IDockviewPanelHeaderProps<TabParams>) {
  const [title, setTitle] = useState(api.title ?? '')
  const head = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const subscription = api.onDidTitleChange((event) => setTitle(event.title))
    return () => subscription.dispose()
  }, [api])
  // The dock scrolls to a tab when it opens: before its title is drawn, and before the list of hidden tabs takes room
  // from the strip. So once more whenever either changes in width.
  useEffect(() => {
    const tab = head.current?.closest('[role="tab"]')
    if (!tab?.parentElement) return
    const show = () => {
      if (api.isActive) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    const sizes = new ResizeObserver(show)
    sizes.observe(tab)
    sizes.observe(tab.parentElement)
    const subscription = api.onDidActiveChange(show)
    return () => {
      sizes.disconnect()
      subscription.dispose()
    }
  }, [api])
  useEffect(() => {
    const tab = head.current?.closest<HTMLElement>('[role="tab"]')
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Delete' && event.target === tab) api.close()
    }
    tab?.addEventListener('keydown', close)
    return () => tab?.removeEventListener('keydown', close)
  }, [api])
  const Icon = icons[params.kind]
  return (
    // A middle click closes, as in every browser.
    <div
      ref={head}
      className="sw-tab"
      title={params.id}
      onAuxClick={(event) => {
        if (event.button === 1) api.close()
      }}
    >
      <Icon size={14} />
      <span className="sw-tab-title">{title}</span>
      {/* For the mouse only: a tab may hold no button. The keyboard closes with Delete or the command. */}
      <span
        className="sw-tab-close"
        title={`Close ${title} (Delete)`}
        onPointerDown={(event) => event.stopPropagation()}
        onPointerUp={(event) => {
          event.stopPropagation()
          if (event.button === 0) api.close()
        }}
      >
        <X size={12} aria-hidden />
      </span>
    </div>
  )
}

function Watermark() {
  return (
    <div className="sw-watermark">
      <p>Nothing is open. Choose a notebook or a relation at the left, or begin another.</p>
      <Button variant="light" onClick={() => runCommand('new-notebook')}>
        New notebook
      </Button>
      <p>
        <kbd>{describeKeys('mod+K')}</kbd> finds everything.
      </p>
    </div>
  )
}

const components = { tab: TabBody }

export const dockTheme = { name: 'slipway', className: 'sw-dockview' }

/** The layout without what a tab was opened for: a restored tab must not start packaging again. */
function remembered(dock: SerializedDockview): Record<string, unknown> {
  const panels: Record<string, unknown> = {}
  for (const [key, panel] of Object.entries(dock.panels)) {
    const { kind, id } = panel.params as TabParams
    panels[key] = { ...panel, params: { kind, id } }
  }
  return { ...dock, panels }
}

function open(dock: DockviewApi, request: TabRequest): void {
  const key = `${request.kind}:${request.id}`
  const params: TabParams = {
    kind: request.kind,
    id: request.id,
    ...(request.state ? { state: request.state } : {}),
  }
  const panel = dock.getPanel(key)
  if (panel) {
    panel.api.updateParameters({ ...params, state: request.state })
    panel.api.setActive()
    return
  }
  dock.addPanel({ id: key, component: 'tab', title: request.title, params })
}

/** Tabs and splits; opens what `openTab` asks for. */
export function Dock(props: {
  readonly initial: Record<string, unknown> | null
  readonly onLayout: (dock: Record<string, unknown>) => void
  readonly onEmpty: (dock: DockviewApi) => void
}) {
  const [api, setApi] = useState<DockviewApi | undefined>()
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (!api) return
    const { initial, onEmpty } = latest.current
    if (initial) {
      try {
        api.fromJSON(initial as unknown as SerializedDockview)
      } catch {
        // The grid of a damaged layout; its tabs can be opened again from the lists.
        api.clear()
      }
    }
    const takeAll = () => {
      for (const request of takeTabRequests()) open(api, request)
    }
    takeAll()
    if (api.panels.length === 0) onEmpty(api)
    const stopQueue = tabQueue.subscribe((queue) => {
      if (queue.requests.length > 0) takeAll()
    })
    const layout = api.onDidLayoutChange(() => latest.current.onLayout(remembered(api.toJSON())))
    return () => {
      stopQueue()
      layout.dispose()
    }
  }, [api])

  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: 'close-tab',
        title: 'Close the tab',
        group: 'View',
        keys: 'mod+alt+W',
        run: () => api?.activePanel?.api.close(),
      },
    ],
    [api],
  )
  useCommands(commands)

  return (
    <DockviewReact
      theme={dockTheme}
      components={components}
      defaultTabComponent={TabHead}
      watermarkComponent={Watermark}
      disableFloatingGroups
      onReady={(event) => setApi(event.api)}
    />
  )
}
