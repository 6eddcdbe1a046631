import { Tooltip } from '@mantine/core'
import { Activity, Box, Database, FolderTree, Rocket, Settings } from 'lucide-react'
import type { ComponentType } from 'react'
import { useStore } from 'zustand'
import { frameState, type RailArea, railAreas } from './frame-state.ts'
import { openTab } from './open-tab.ts'

export const railTitles: Readonly<Record<RailArea, string>> = {
  files: 'Files',
  data: 'Data',
  models: 'Models',
  deployments: 'Deployments',
  monitoring: 'Monitoring',
}

const icons: Readonly<Record<RailArea, ComponentType<{ size?: number }>>> = {
  files: FolderTree,
  data: Database,
  models: Box,
  deployments: Rocket,
  monitoring: Activity,
}

/** The way into every area; a second click folds its list away. */
export function Rail() {
  const { side } = useStore(frameState)
  return (
    <nav className="sw-rail" aria-label="Areas">
      {railAreas.map((area) => {
        const Icon = icons[area]
        return (
          <Tooltip key={area} label={railTitles[area]} position="right">
            <button
              type="button"
              aria-label={railTitles[area]}
              aria-pressed={side === area}
              onClick={() => frameState.setState({ side: side === area ? null : area })}
            >
              <Icon size={18} />
            </button>
          </Tooltip>
        )
      })}
      <div className="sw-rail-gap" />
      <Tooltip label="Settings" position="right">
        <button
          type="button"
          aria-label="Settings"
          onClick={() => openTab({ kind: 'settings', id: 'settings', title: 'Settings' })}
        >
          <Settings size={18} />
        </button>
      </Tooltip>
    </nav>
  )
}
