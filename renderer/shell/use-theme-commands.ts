import { useMantineColorScheme } from '@mantine/core'
import { useMemo } from 'react'
import { type Command, useCommands } from './commands.ts'

export function useThemeCommands(): void {
  const { setColorScheme } = useMantineColorScheme()
  const commands = useMemo<readonly Command[]>(
    () => [
      { id: 'theme-light', title: 'Light theme', group: 'View', run: () => setColorScheme('light') },
      { id: 'theme-dark', title: 'Dark theme', group: 'View', run: () => setColorScheme('dark') },
      { id: 'theme-system', title: "The system's theme", group: 'View', run: () => setColorScheme('auto') },
    ],
    [setColorScheme],
  )
  useCommands(commands)
}
