import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type ElectronBinary = { found: true; path: string } | { found: false; reason: string }

/** Looks for the binary of the installed `electron` package without fetching it. */
export function findElectron(root: string): ElectronBinary {
  const folder = join(root, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(folder)) return { found: false, reason: 'the electron package is not installed' }
  if (!existsSync(pathFile)) return { found: false, reason: 'its binary has not been fetched' }
  const path = join(folder, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(path)
    ? { found: true, path }
    : { found: false, reason: `its binary is missing from ${folder}` }
}

/** As `findElectron`, fetching the binary where it is not there yet. */
export function fetchElectron(root: string): ElectronBinary {
  const found = findElectron(root)
  const install = join(root, 'node_modules/electron/install.js')
  if (found.found || !existsSync(install)) return found
  process.stderr.write('Fetching Electron, once …\n')
  const result = spawnSync(process.execPath, [install], { encoding: 'utf8', timeout: 300_000 })
  const after = findElectron(root)
  if (after.found) return after
  const lines = `${result.stderr}`.split('\n').map((line) => line.trim())
  const cause =
    lines.find((line) => /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|certificate|status code/.test(line)) ??
    lines.find((line) => /Error/.test(line))
  return {
    found: false,
    reason: `its binary could not be fetched (${cause ?? 'no answer from its download server'})`,
  }
}
