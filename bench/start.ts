/**
 * Start-up times, from the start of a process to the moment it can be used, as medians of several runs:
 * a bundle, the engine on a workspace that was used before, and the window on it in Chromium.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { testChromium } from '../scripts/test-chromium.ts'
import { makeBundle } from './setting/make-bundle.ts'
import { machineSetting, startProgram } from './setting/start-program.ts'
import { startServe } from './setting/start-serve.ts'

const root = join(import.meta.dirname, '..')
const servingFile = process.argv[2] ?? join(root, 'dist', 'serving', 'server.mjs')
const runs = 10

function line(title: string, times: number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (index: number) => `${(sorted[index] ?? 0).toFixed(0)} ms`
  return `${title.padEnd(44)} median ${at(sorted.length >> 1)}, from ${at(0)} to ${at(sorted.length - 1)}, ${sorted.length} runs`
}

/** Usable: the notebook of the workspace is open and its first cell can be run. */
const usable = '[data-cell="customers"] [aria-label="Run this cell"]'

/** Runs in the page: marks the frame in which the element is first on the screen. Looking from outside sees it late. */
function noteUsable(selector: string): void {
  const look = () => {
    if (document.querySelector(selector)) performance.mark('usable')
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

async function bundleStarts(): Promise<number[]> {
  const { folder, workspace } = await makeBundle(servingFile)
  const times: number[] = []
  try {
    for (let run = 0; run < runs; run++) {
      const words = ['serve', '--port', '0', '--state', join(workspace, 'state')]
      const server = await startProgram(join(folder, 'server.mjs'), words)
      times.push(server.readyMs)
      await server.stop()
    }
  } finally {
    await rm(workspace, { recursive: true, force: true })
  }
  return times
}

async function workbenchStarts(): Promise<{ engine: number[]; window: number[]; memory: number }> {
  const home = await mkdtemp(join(tmpdir(), 'slipway-bench-'))
  const folder = join(home, 'churn')
  await cp(join(root, 'resources/samples/churn'), folder, { recursive: true })
  const browser = await chromium.launch({
    executablePath: testChromium(),
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
  const engine: number[] = []
  const window: number[] = []
  let memory = 0
  try {
    for (let run = 0; run < runs; run++) {
      const serve = await startServe(folder, join(home, 'state'))
      engine.push(serve.readyMs)
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
      await page.addInitScript(noteUsable, usable)
      await page.goto(serve.url)
      await page.locator(usable).waitFor()
      window.push(
        await page.evaluate(() => performance.getEntriesByName('usable')[0]?.startTime ?? Number.NaN),
      )
      await page.close()
      memory = await serve.memoryBytes()
      await serve.stop()
    }
  } finally {
    await browser.close()
    await rm(home, { recursive: true, force: true })
  }
  return { engine, window, memory }
}

console.log(await machineSetting())
console.log(line('bundle, start to ready (expected < 300 ms)', await bundleStarts()))
const { engine, window, memory } = await workbenchStarts()
console.log(line('engine, start to ready (expected < 500 ms)', engine))
console.log(line('window, opened to usable (expected < 1.5 s)', window))
console.log(`${'engine at rest'.padEnd(44)} ${(memory / 1e6).toFixed(0)} MB resident`)
