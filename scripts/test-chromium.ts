import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { findChromium } from '../engine/host/find-chromium.ts'

function playwrights(): string | null {
  const path = chromium.executablePath()
  return path !== '' && existsSync(path) ? path : null
}

function run(command: string, words: string[]): boolean {
  process.stderr.write(`${command} ${words.join(' ')}\n`)
  return spawnSync(command, words, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 600_000 }).status === 0
}

/**
 * A Chromium for the end-to-end tests: of the system, of Playwright's folder, or installed now.
 * Ends the process with a sentence where none can be had: the tests are never skipped.
 */
export function testChromium(): string {
  const there = findChromium() ?? playwrights()
  if (there !== null) return there
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js')
  run(process.execPath, [cli, 'install', 'chromium'])
  const installed = playwrights()
  if (installed !== null) return installed
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    run('apt-get', ['update'])
    run('apt-get', ['install', '-y', 'chromium'])
    const packaged = findChromium()
    if (packaged !== null) return packaged
  }
  process.stderr.write(
    'The end-to-end tests need a Chromium and none could be found or installed. Install Chromium, Chrome or Edge (on Debian and Ubuntu: apt-get install chromium), or name one with SLIPWAY_CHROMIUM, then run npm test again.\n',
  )
  process.exit(1)
}
