import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test as base, expect, type Page } from '@playwright/test'
import { root, stopDeployments } from './command-line.ts'

export interface Engine {
  url: string
  folder: string
  /** Kills the engine and starts another on the same folder, at an address of its own. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts the engine on a copy of a sample workspace, or without a workspace. */
export async function startEngine(
  sample: 'churn' | 'diamonds' | null,
  words: string[] = [],
): Promise<Engine> {
  const parent = await mkdtemp(join(tmpdir(), 'slipway-e2e-'))
  const folder = join(parent, sample ?? 'empty')
  if (sample) await cp(join(root, 'resources/samples', sample), folder, { recursive: true })
  const state = join(parent, 'state')
  const start = async () => {
    const child: ChildProcess = spawn(
      process.execPath,
      [join(root, 'dist/engine/slipway.mjs'), 'serve', ...(sample ? [folder] : []), '--no-open', ...words],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SLIPWAY_STATE: state } },
    )
    const exited = new Promise<void>((done) => child.once('exit', () => done()))
    const url = await new Promise<string>((found, failed) => {
      if (child.stdout) {
        createInterface({ input: child.stdout }).on('line', (line) => {
          const match = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line)
          if (match) found(match[0])
        })
      }
      exited.then(() => failed(new Error('The engine ended before it printed its address.')))
    })
    return { url, child, exited }
  }
  let running = await start()
  return {
    get url() {
      return running.url
    },
    folder,
    async restart() {
      running.child.kill('SIGKILL')
      await running.exited
      running = await start()
    },
    async stop() {
      running.child.kill('SIGTERM')
      await running.exited
      if (sample) await stopDeployments({ cwd: folder, state })
      await rm(parent, { recursive: true, force: true })
    },
  }
}

/** A page on a copy of the churn sample; problems the page reports fail the test. */
export const test = base.extend<{ engine: Engine; workbench: Page }>({
  engine: async ({ browserName: _ }, use) => {
    const engine = await startEngine('churn')
    await use(engine)
    await engine.stop()
  },
  workbench: async ({ engine, page }, use) => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    await page.goto(engine.url)
    await use(page)
    expect(problems).toEqual([])
  },
})

/** Chooses in a list by its name. */
export async function choose(page: Page, list: string, option: string | RegExp): Promise<void> {
  await page
    .getByRole('combobox', { name: list, exact: true })
    .or(page.getByLabel(list, { exact: true }))
    .first()
    .click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

export { expect }
