import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium, hasDisplay } from './find-chromium.ts'

export type Opened =
  | { window: true; process: ChildProcess }
  /** No window could be opened; `reason` is one clause, such as "there is no display". */
  | { window: false; reason: string }

/** Opens the address as an app window: no tabs, no address bar, a profile of its own that is removed afterwards. */
export function openAppWindow(url: string, chromium = findChromium(), display = hasDisplay()): Opened {
  if (!display) return { window: false, reason: 'there is no display' }
  if (chromium === null) return { window: false, reason: 'no Chromium, Chrome or Edge was found' }
  const profile = mkdtempSync(join(tmpdir(), 'slipway-window-'))
  const words = [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--window-size=1440,900',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  // Chromium refuses its sandbox to root.
  if (process.platform === 'linux' && process.getuid?.() === 0) words.push('--no-sandbox')
  const child = spawn(chromium, words, { stdio: 'ignore' })
  child.on('exit', () => rmSync(profile, { recursive: true, force: true }))
  return { window: true, process: child }
}
