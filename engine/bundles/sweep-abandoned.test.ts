import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepAbandoned, temporaryPlace } from './sweep-abandoned.ts'

test('what a killed packaging left is removed after an hour, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sweep-'))
  const out = join(folder, 'churn-1')
  const old = new Date(Date.now() - 2 * 3_600_000)
  for (const name of ['.churn-1.0123abcd', '.churn-2.0123abcd', '.churn-1.notes', 'churn-1']) {
    await mkdir(join(folder, name))
    await utimes(join(folder, name), old, old)
  }
  await mkdir(temporaryPlace(out, 'deadbeef'))
  await sweepAbandoned(out)
  expect((await readdir(folder)).sort()).toEqual([
    '.churn-1.deadbeef',
    '.churn-1.notes',
    '.churn-2.0123abcd',
    'churn-1',
  ])
  await rm(folder, { recursive: true })
})
