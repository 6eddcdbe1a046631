import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../client.ts'
import { formatBytes } from '../ui/format.ts'
import { KeyValue } from '../ui/KeyValue.tsx'
import { Panel } from '../ui/Panel.tsx'

const schemes = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'System' },
]

export function SettingsPage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const system = useQuery({ ...api.tasks.system.queryOptions(), staleTime: 0 })
  return (
    <div className="sw-page">
      <div className="sw-settings">
        <h1>Settings</h1>
        <Panel title="Appearance">
          <div className="sw-setting">
            <span id="theme-label">Theme</span>
            <SegmentedControl
              aria-labelledby="theme-label"
              data={schemes}
              value={colorScheme}
              onChange={(value) => setColorScheme(value as typeof colorScheme)}
            />
          </div>
        </Panel>
        <Panel title="About this engine">
          {system.data && (
            <KeyValue
              items={[
                ['Slipway', system.data.version],
                ['Node', system.data.node],
                ['Platform', system.data.platform],
                ['Memory in use', formatBytes(system.data.memoryBytes)],
                ['Window', system.data.shell === 'electron' ? 'Desktop' : 'Browser'],
              ]}
            />
          )}
        </Panel>
      </div>
    </div>
  )
}
