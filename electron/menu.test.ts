import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { menuTemplate } from './menu.ts'

function build(platform: NodeJS.Platform) {
  const commands: string[] = []
  let windows = 0
  const template = menuTemplate(platform, { command: (id) => commands.push(id), newWindow: () => windows++ })
  const flat = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])])
  return { template, items: flat(template), commands, windows: () => windows }
}

const click = (item: MenuItemConstructorOptions | undefined) => (item?.click as (() => void) | undefined)?.()

test.each(['linux', 'win32', 'darwin'] as const)(
  'on %s every command item sends its id to the window',
  (platform) => {
    const { items, commands } = build(platform)
    const ids = items.flatMap((item) => (item.id === undefined ? [] : [item.id]))
    for (const item of items) if (item.id !== undefined) click(item)
    expect(commands).toEqual(ids)
    expect(ids).toEqual(
      expect.arrayContaining(['open-workspace', 'save', 'run-stale', 'command-palette', 'settings']),
    )
  },
)

test.each(['linux', 'win32', 'darwin'] as const)('on %s no accelerator is given twice', (platform) => {
  const keys = build(platform).items.flatMap((item) =>
    item.accelerator === undefined ? [] : [String(item.accelerator)],
  )
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys).toContain('CmdOrCtrl+K')
})

test('a Mac has the application menu with the settings, others have them under File', () => {
  const labels = (platform: NodeJS.Platform) =>
    build(platform).template.map((item) => item.label ?? item.role)
  expect(labels('darwin')).toEqual(['Slipway', '&File', '&Edit', '&View', '&Notebook', '&Window', 'help'])
  expect(labels('linux')[0]).toBe('&File')
  const roles = build('linux').items.map((item) => item.role)
  expect(roles).toContain('quit')
  expect(build('darwin').items.map((item) => item.role)).toContain('hideOthers')
})

test('New window opens one', () => {
  const { items, windows } = build('linux')
  click(items.find((item) => item.label === 'New window'))
  expect(windows()).toBe(1)
})
