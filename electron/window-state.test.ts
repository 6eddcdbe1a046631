import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultWindowState, readWindowState, writeWindowState } from './window-state.ts'

const displays = [
  { x: 0, y: 0, width: 1920, height: 1080 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
]
const state = { x: 2000, y: 50, width: 1200, height: 800, maximized: false }
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-window-'))
  path = join(folder, 'shell', 'window.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a window comes back where it was', async () => {
  writeWindowState(path, state)
  expect(readWindowState(path, displays)).toEqual(state)
  expect(await readdir(join(folder, 'shell'))).toEqual(['window.json'])
})

test('a window of a screen that is gone keeps its size and loses its place', () => {
  writeWindowState(path, state)
  expect(readWindowState(path, displays.slice(0, 1))).toEqual({ width: 1200, height: 800, maximized: false })
})

test.each([['not JSON'], ['{"width":"wide"}'], ['{"width":0,"height":0,"maximized":false}']])(
  'an unreadable file (%s) is the default',
  async (text) => {
    writeWindowState(path, state)
    await writeFile(path, text)
    expect(readWindowState(path, displays)).toEqual(defaultWindowState)
  },
)

test('no file is the default, and a place that cannot be written is no error', async () => {
  expect(readWindowState(path, displays)).toEqual(defaultWindowState)
  await writeFile(join(folder, 'shell'), 'a file where the folder should be')
  writeWindowState(path, state)
  expect(readWindowState(path, displays)).toEqual(defaultWindowState)
})
