import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, expect, test } from '@playwright/test'
import { findElectron } from '../scripts/electron-binary.ts'

/** The desktop window where Electron's binary is present; where it is not, what is said and done instead. */
const root = resolve(import.meta.dirname, '..')
const electron = findElectron(root)
const linux = process.platform === 'linux'
const display = !linux || (process.env.DISPLAY ?? '') !== '' || (process.env.WAYLAND_DISPLAY ?? '') !== ''

let home: string
test.beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-electron-'))
})
test.afterEach(() => rm(home, { recursive: true, force: true }))

/** Runs `npm start` without a display until it prints the address or ends, then stops it. */
function startWithoutDisplay(): Promise<{ output: string; code: number | null }> {
  const env = { ...process.env, SLIPWAY_STATE: join(home, 'state'), DISPLAY: '', WAYLAND_DISPLAY: '' }
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(root, 'scripts/start.ts')], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.test(output)) child.kill('SIGTERM')
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('error', failed)
    child.on('close', (code) => done({ output, code }))
  })
}

if (linux) {
  test('without a display npm start names the reason in one line and prints the address', async () => {
    const { output } = await startWithoutDisplay()
    const lines = output.split('\n').filter((line) => line.startsWith('Not in a desktop window'))
    expect(lines).toEqual(['Not in a desktop window of its own: there is no display.'])
    expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/)
  })
}

if (electron.found && display) {
  test('the desktop window opens a workspace, shut off from the system', async () => {
    const workspace = join(home, 'churn')
    await cp(join(root, 'resources/samples/churn'), workspace, { recursive: true })
    const app = await _electron.launch({
      executablePath: electron.path,
      args: [
        join(root, 'dist/electron/main.mjs'),
        workspace,
        `--user-data-dir=${join(home, 'profile')}`,
        ...(linux ? ['--no-sandbox'] : []),
      ],
      env: { ...process.env, SLIPWAY_STATE: join(home, 'state') } as Record<string, string>,
    })
    try {
      const page = await app.firstWindow()
      expect(page.url()).toBe('app://slipway/index.html')
      await expect(page.getByText('churn.ipynb').first()).toBeVisible()
      const seen = await page.evaluate(() => ({
        shell: Object.keys(Reflect.get(window, 'slipway')).sort(),
        node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')],
        opened: window.open('http://example.com'),
      }))
      expect(seen).toEqual({
        shell: ['chooseFolder', 'openFile', 'port'],
        node: ['undefined', 'undefined'],
        opened: null,
      })
      expect(app.windows()).toHaveLength(1)
      const menus = await app.evaluate(({ Menu }) =>
        Menu.getApplicationMenu()?.items.map((item) => item.label.replace('&', '')),
      )
      expect(menus).toEqual(expect.arrayContaining(['File', 'Edit', 'View', 'Notebook', 'Window']))
    } finally {
      await app.close()
    }
  })
} else {
  const reason = electron.found ? 'there is no display' : electron.reason
  test(`the desktop window is not tested here: ${reason}`, () => {
    process.stdout.write(`The desktop window is not tested here: ${reason}.\n`)
    expect(reason).toMatch(/not installed|not been fetched|missing from|no display/)
  })
}
