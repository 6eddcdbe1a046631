/** `npm run slipway -- <command>`: builds what is out of date, then runs the command line. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { hasDisplay } from '../engine/host/find-chromium.ts'
import { buildParts, root } from './build.ts'
import { fetchElectron } from './electron-binary.ts'

await buildParts({ all: false })
const env = { ...process.env }
if (process.argv[2] === 'demo' && !process.argv.includes('--no-open') && hasDisplay()) {
  // The demo ends in the desktop window where there can be one.
  const electron = fetchElectron(root)
  if (electron.found) env.SLIPWAY_ELECTRON = electron.path
  else process.stderr.write(`Not in a desktop window of its own: ${electron.reason}.\n`)
}
const child = spawn(process.execPath, [join(root, 'dist/engine/slipway.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env,
  // npm runs scripts in the project's folder; relative paths are meant from where the user stands.
  cwd: process.env.INIT_CWD ?? process.cwd(),
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})
