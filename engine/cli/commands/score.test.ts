import { expect, test } from 'vitest'
import { parseCommandLine, UsageError } from '../command.ts'
import { score } from './score.ts'

test('files of another kind are refused before the bundle is started, with all the kinds there are', async () => {
  const terminal = { out: () => {}, log: () => {}, interactive: false }
  for (const words of [
    ['no-bundle', 'in.csv', 'out.txt'],
    ['no-bundle', 'in.xlsx', 'out.csv'],
  ]) {
    await expect(score.run(parseCommandLine(score, words), terminal)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('expected .csv, .parquet, .ndjson, .jsonl'),
    })
  }
})

test('threads that are no number are wrong usage, before the bundle is started', async () => {
  const terminal = { out: () => {}, log: () => {}, interactive: false }
  const words = ['no-bundle', 'in.csv', 'out.csv', '--threads', 'all']
  const run = async () => score.run(parseCommandLine(score, words), terminal)
  await expect(run()).rejects.toThrow(UsageError)
})
