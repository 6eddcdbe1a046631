import { getHotkeyHandler } from '@mantine/hooks'
import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight'
import { Search } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { type Command, commandRegistry, describeKeys, runCommand } from './commands.ts'

function grouped(commands: Iterable<Command>): SpotlightActionGroupData[] {
  const groups = new Map<string, SpotlightActionGroupData>()
  for (const command of commands) {
    const group = groups.get(command.group) ?? { group: command.group, actions: [] }
    groups.set(command.group, group)
    group.actions.push({
      id: command.id,
      label: command.title,
      onClick: command.run,
      ...(command.keys ? { rightSection: <kbd className="sw-keys">{describeKeys(command.keys)}</kbd> } : {}),
    })
  }
  return [...groups.values()]
}

/** Finds every action, file, relation, model and deployment; also where shortcuts and the desktop's menu arrive. */
export function CommandPalette() {
  const { commands } = useStore(commandRegistry)
  const actions = useMemo(() => grouped(commands.values()), [commands])

  useEffect(() => {
    const bindings = [...commands.values()].flatMap((command) =>
      command.keys ? [[command.keys, command.run] as const] : [],
    )
    const handle = getHotkeyHandler([
      ['mod+K', spotlight.toggle],
      ...bindings.map(([keys, run]) => [keys, run] as [string, () => void]),
    ])
    // Captured before Monaco, for which Ctrl+K begins a chord.
    const listener = (event: KeyboardEvent) => {
      handle(event)
      if (event.defaultPrevented) event.stopPropagation()
    }
    const menu = (event: MessageEvent) => {
      if (event.source !== window || event.data?.type !== 'slipway-command') return
      const command = String(event.data.command)
      if (command === 'command-palette') spotlight.open()
      else runCommand(command)
    }
    window.addEventListener('keydown', listener, true)
    window.addEventListener('message', menu)
    return () => {
      window.removeEventListener('keydown', listener, true)
      window.removeEventListener('message', menu)
    }
  }, [commands])

  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      centered={false}
      yOffset="12vh"
      overlayProps={{ backgroundOpacity: 0.3, blur: 0 }}
      nothingFound="Nothing of that name. Try fewer letters."
      highlightQuery
      scrollable
      maxHeight={420}
      limit={60}
      searchProps={{
        placeholder: 'Find an action, file, relation, model or deployment',
        leftSection: <Search size={16} />,
      }}
    />
  )
}
