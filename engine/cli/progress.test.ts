import { expect, test } from 'vitest'
import { startProgress, withProgress } from './progress.ts'

function recorder(interactive: boolean) {
  const lines: string[] = []
  return { lines, terminal: { out: () => {}, log: (text: string) => lines.push(text), interactive } }
}

test('without a terminal a step is one line with its time and result', () => {
  const { lines, terminal } = recorder(false)
  let time = 0
  const line = startProgress(terminal, 'Train', () => time)
  line.update(0.5, 'epoch 5 of 10')
  time = 1500
  line.done('AUC 0.846')
  expect(lines).toEqual([`✓ ${'Train'.padEnd(34)} ████████████████████   1.5 s  AUC 0.846\n`])
})

test('on a terminal the line is rewritten as it fills up', () => {
  const { lines, terminal } = recorder(true)
  const line = startProgress(terminal, 'Train', () => 0)
  line.update(0.5)
  expect(lines.at(-1)).toBe(`\r\u001b[2K  ${'Train'.padEnd(34)} ██████████░░░░░░░░░░ 50 % `)
})

test('a step that throws says so on its line and still throws', async () => {
  const { lines, terminal } = recorder(false)
  await expect(
    withProgress(terminal, 'Deploy', async () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(lines[0]).toContain('✗ Deploy')
  expect(lines[0]).toContain('failed')
})
