import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as electron from 'electron'
import { startShell } from './shell.ts'

/** Built to `dist/electron/main.mjs`, beside `dist/engine` and `dist/renderer`. */
const here = dirname(fileURLToPath(import.meta.url))

// Not awaited: Electron becomes ready only once this module has been evaluated.
startShell({
  electron,
  paths: {
    renderer: join(here, '../renderer'),
    preload: join(here, 'preload.cjs'),
    engine: join(here, '../engine/engine.mjs'),
    windowState: join(electron.app.getPath('userData'), 'window.json'),
  },
  argv: process.argv,
  workingFolder: process.cwd(),
  platform: process.platform,
}).catch((error: unknown) => {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  electron.dialog.showErrorBox('Slipway cannot start', reason)
  electron.app.exit(1)
})
