import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogger } from './serve.ts'
import { defaultSettings } from './settings.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-log-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a log file that is renamed keeps its lines, and the next line begins a new one', async () => {
  const logFile = join(folder, 'log.ndjson')
  const messages = async (path: string) =>
    (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).msg)
  const logger = createLogger({ ...defaultSettings, stateFolder: folder, logFile })
  logger.info('one')
  logger.info('two')
  await rename(logFile, join(folder, 'log.1.ndjson'))
  logger.info('three')
  expect(await messages(join(folder, 'log.1.ndjson'))).toEqual(['one', 'two'])
  expect(await messages(logFile)).toEqual(['three'])
})
