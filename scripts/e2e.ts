/** `npm run e2e [-- words for Playwright]`: builds what is out of date, finds a Chromium, runs the end-to-end tests. */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { buildParts, root } from './build.ts'
import { testChromium } from './test-chromium.ts'

const chromium = testChromium()
await buildParts({ all: false })
const cli = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js')
const result = spawnSync(process.execPath, [cli, 'test', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SLIPWAY_CHROMIUM: chromium },
})
process.exitCode = result.status ?? 1
