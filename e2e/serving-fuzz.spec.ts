import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'

const program = join(import.meta.dirname, '..', 'serving', 'testing', 'fuzz.ts')

test('100,000 mutated request bodies over every protocol: no 5xx, no hang, no growth of memory', async () => {
  test.setTimeout(300_000)
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, '100000', '2026'], {
    timeout: 280_000,
  })
  const result = JSON.parse(stdout)
  expect(result.failed).toEqual([])
  expect(result.requests).toBe(100_000)
  expect(result.slowestMs).toBeLessThan(5_000)
  expect(result.heapEnd - result.heapEarly).toBeLessThan(32 * 1024 * 1024)
})
