import { expect, test } from 'vitest'
import { findChromium, hasDisplay } from './find-chromium.ts'

function find(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, present: string[]): string | null {
  return findChromium({ platform, env, isExecutable: (path) => present.includes(path) })
}

test('the first browser on the PATH is taken on Linux', () => {
  const env = { PATH: '/usr/local/bin:/usr/bin' }
  expect(find('linux', env, ['/usr/bin/chromium'])).toBe('/usr/bin/chromium')
  expect(find('linux', env, ['/usr/bin/google-chrome'])).toBe('/usr/bin/google-chrome')
  expect(find('linux', env, [])).toBeNull()
})

test('applications are looked for where macOS and Windows keep them', () => {
  const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
  expect(find('darwin', {}, [chrome])).toBe(chrome)
  expect(
    find('win32', { PROGRAMFILES: 'C:/Programs' }, ['C:/Programs/Google/Chrome/Application/chrome.exe']),
  ).toBe('C:/Programs/Google/Chrome/Application/chrome.exe')
})

test('a browser named outright is the only one considered', () => {
  const env = { PATH: '/usr/bin', SLIPWAY_CHROMIUM: '/opt/my/chrome' }
  expect(find('linux', env, ['/usr/bin/chromium', '/opt/my/chrome'])).toBe('/opt/my/chrome')
  expect(find('linux', env, ['/usr/bin/chromium'])).toBeNull()
})

test('a display is a matter of the environment on Linux only', () => {
  expect(hasDisplay({ platform: 'linux', env: {} })).toBe(false)
  expect(hasDisplay({ platform: 'linux', env: { DISPLAY: ':0' } })).toBe(true)
  expect(hasDisplay({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(true)
  expect(hasDisplay({ platform: 'darwin', env: {} })).toBe(true)
})
