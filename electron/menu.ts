import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  /** Runs a command of the window's palette, by its id. */
  command(id: string): void
  newWindow(): void
}

type Item = MenuItemConstructorOptions

const separator: Item = { type: 'separator' }

/** The application menu. Keys are those of the palette, where the same commands are found. */
export function menuTemplate(platform: NodeJS.Platform, actions: MenuActions): Item[] {
  const mac = platform === 'darwin'
  const command = (label: string, id: string, accelerator?: string): Item => ({
    label,
    id,
    click: () => actions.command(id),
    ...(accelerator === undefined ? {} : { accelerator }),
  })
  const settings = command('Settings…', 'settings', 'CmdOrCtrl+,')
  const application: Item = {
    label: 'Slipway',
    submenu: [
      { role: 'about' },
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  }
  return [
    ...(mac ? [application] : []),
    {
      label: '&File',
      submenu: [
        command('New notebook', 'new-notebook', 'CmdOrCtrl+Alt+N'),
        { label: 'New window', accelerator: 'CmdOrCtrl+Shift+N', click: () => actions.newWindow() },
        separator,
        command('Open another workspace…', 'open-workspace', 'CmdOrCtrl+O'),
        separator,
        command('Save notebook', 'save', 'CmdOrCtrl+S'),
        ...(mac ? [] : [separator, settings]),
        separator,
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { label: '&Edit', role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        command('Command palette…', 'command-palette', 'CmdOrCtrl+K'),
        separator,
        command('Show or hide the list', 'toggle-side', 'CmdOrCtrl+B'),
        command('Show or hide the inspector', 'toggle-inspector', 'CmdOrCtrl+I'),
        separator,
        {
          label: 'Appearance',
          submenu: [
            command('Light', 'theme-light'),
            command('Dark', 'theme-dark'),
            command('Follow the system', 'theme-system'),
          ],
        },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        separator,
        { role: 'reload' },
        { role: 'toggleDevTools' },
      ],
    },
    {
      label: '&Notebook',
      submenu: [
        command('Run all cells', 'run-all', 'CmdOrCtrl+Alt+Enter'),
        command('Run stale cells', 'run-stale', 'CmdOrCtrl+Shift+Enter'),
        command('Interrupt', 'interrupt'),
        separator,
        command('Clear all outputs', 'clear-outputs'),
      ],
    },
    { label: '&Window', role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        command('Keyboard shortcuts', 'keyboard'),
        ...(mac ? [] : [separator, { role: 'about' } satisfies Item]),
      ],
    },
  ]
}
