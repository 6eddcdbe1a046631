import { useEffect } from 'react'
import { createStore } from 'zustand/vanilla'

/** Something that can be done: found in the command palette, bound to its shortcut, sent by the desktop menu. */
export interface Command {
  readonly id: string
  readonly title: string
  readonly group: 'Workspace' | 'View' | 'Notebook' | 'Go to'
  /** Such as `mod+K`; `mod` is Ctrl, on a Mac Cmd. */
  readonly keys?: string
  readonly run: () => void
}

interface Registered {
  readonly commands: ReadonlyMap<string, Command>
}

export const commandRegistry = createStore<Registered>(() => ({ commands: new Map() }))

/** Offers commands while the component is mounted and `active`. `commands` must be memoised. */
export function useCommands(commands: readonly Command[], active = true): void {
  useEffect(() => {
    if (!active) return
    commandRegistry.setState((state) => {
      const next = new Map(state.commands)
      for (const command of commands) next.set(command.id, command)
      return { commands: next }
    })
    return () =>
      commandRegistry.setState((state) => {
        const next = new Map(state.commands)
        for (const command of commands) if (next.get(command.id) === command) next.delete(command.id)
        return { commands: next }
      })
  }, [commands, active])
}

export function runCommand(id: string): boolean {
  const command = commandRegistry.getState().commands.get(id)
  command?.run()
  return command !== undefined
}

const mac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform)

/** A shortcut as people read it: `Ctrl+Shift+P`, `⇧⌘P` on a Mac. */
export function describeKeys(keys: string, onMac = mac): string {
  const parts = keys.split('+')
  if (!onMac) return parts.map((part) => (part === 'mod' ? 'Ctrl' : capital(part))).join('+')
  const signs: Readonly<Record<string, string>> = { mod: '⌘', shift: '⇧', alt: '⌥', ctrl: '⌃', Enter: '↵' }
  const rank = (part: string) => ['ctrl', 'alt', 'shift', 'mod'].indexOf(part)
  const modifiers = parts.slice(0, -1).sort((a, b) => rank(a) - rank(b))
  return [...modifiers, parts.at(-1) ?? ''].map((part) => signs[part] ?? capital(part)).join('')
}

function capital(part: string): string {
  return part.charAt(0).toUpperCase() + part.slice(1)
}
