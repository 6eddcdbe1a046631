/** Catches a fit that counts as finished though it is not on the disk, or is lost because of one that is not. */
import type { FileHandle } from 'node:fs/promises'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FitRecord, openFitJournal } from './fit-journal.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-journal-'))
})
afterEach(() => rm(folder, { recursive: true }))

const recordOf = (key: string): FitRecord => ({
  key,
  rows: { train: 8, validation: 1, test: 2 },
  metrics: { auc: 0.8 },
  ms: 5,
})

/** Writes the first half of the second text, as a disk does that gets full there. */
function fillingUp() {
  let texts = 0
  return async (file: FileHandle, text: string) => {
    texts += 1
    if (texts !== 2) return void (await file.write(text))
    await file.write(text.slice(0, text.length / 2))
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
}

test('a fit that a full disk did not take does not count, and those before and after it do', async () => {
  const journal = await openFitJournal(folder, 'one', fillingUp())
  await journal.add(recordOf('before'))
  await expect(journal.add(recordOf('lost'))).rejects.toMatchObject({
    code: 'disk-full',
    message: `The search's journal in ${folder} could not be written: the disk is full.`,
    whatToDo: 'Free some space and run the cell again; what was finished is kept.',
  })
  await journal.add(recordOf('after'))
  const found = (of: typeof journal) => ['before', 'lost', 'after'].map((key) => of.find(key)?.key)
  expect(found(journal)).toEqual(['before', undefined, 'after'])
  await journal.close()
  const again = await openFitJournal(folder, 'one')
  expect(found(again)).toEqual(['before', undefined, 'after'])
  await again.close()
})

test('a journal that was cut off in a line is gone on with, and on a full disk says so', async () => {
  const first = await openFitJournal(folder, 'one')
  await first.add(recordOf('before'))
  await first.close()
  await appendFile(join(folder, 'one.ndjson'), '{"key":"cut')
  const full = async () => {
    throw Object.assign(new Error('EDQUOT: quota exceeded'), { code: 'EDQUOT' })
  }
  await expect(openFitJournal(folder, 'one', full)).rejects.toMatchObject({ code: 'disk-full' })
  const again = await openFitJournal(folder, 'one')
  await again.add(recordOf('after'))
  await again.close()
  const last = await openFitJournal(folder, 'one')
  expect([last.find('before')?.key, last.find('after')?.key]).toEqual(['before', 'after'])
  await last.close()
})
