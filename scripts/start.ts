/** `npm start [workspace]`: the workbench in Electron, else in the system's Chromium, else its address. */
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { hasDisplay } from '../engine/host/find-chromium.ts'
import { buildParts, root } from './build.ts'
import { type ElectronBinary, fetchElectron } from './electron-binary.ts'

const workspace = process.argv[2]
const standing = process.env.INIT_CWD ?? process.cwd()
const words = workspace === undefined ? [] : [resolve(standing, workspace)]

await buildParts({ all: false })
const electron: ElectronBinary = hasDisplay()
  ? fetchElectron(root)
  : { found: false, reason: 'there is no display' }
if (!electron.found) process.stderr.write(`Not in a desktop window of its own: ${electron.reason}.\n`)
const child = electron.found
  ? spawn(electron.path, [join(root, 'dist/electron/main.mjs'), ...words], { stdio: 'inherit' })
  : spawn(process.execPath, [join(root, 'dist/engine/slipway.mjs'), 'serve', ...words], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})
