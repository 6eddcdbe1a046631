import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serializeNotebook } from '../../../shared/notebook/codec.ts'
import { parseCommandLine } from '../command.ts'
import { run } from './run.ts'

let folder: string
const stateBefore = process.env.SLIPWAY_STATE
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-run-'))
  process.env.SLIPWAY_STATE = join(folder, 'state')
  await writeFile(join(folder, 'slipway.json'), '{}')
})
afterAll(async () => {
  if (stateBefore === undefined) delete process.env.SLIPWAY_STATE
  else process.env.SLIPWAY_STATE = stateBefore
  await rm(folder, { recursive: true })
})

test('Ctrl+C ends a run with one JSON document of what was done, and that it was stopped', async () => {
  const path = join(folder, 'long.ipynb')
  const cells = [
    { id: 'quick', kind: 'sql' as const, name: 'quick', source: 'select 1 as one' },
    { id: 'long', kind: 'typescript' as const, name: '', source: 'await sql`from quick`\nfor (;;) {}' },
  ]
  await writeFile(path, serializeNotebook({ cells }))
  const out: string[] = []
  const log: string[] = []
  const terminal = {
    out: (text: string) => out.push(text),
    log: (text: string) => {
      log.push(text)
      if (text.startsWith('✓')) process.emit('SIGINT')
    },
    interactive: false,
  }
  expect(await run.run(parseCommandLine(run, [path, '--json']), terminal)).toBe(1)
  expect(out).toHaveLength(1)
  const error = {
    code: 'cancelled',
    message: `The run of ${path} was stopped: 1 of 2 cells is done.`,
    whatToDo: 'Run it again when you need the rest.',
  }
  expect(JSON.parse(out[0] ?? '')).toEqual({
    ok: false,
    cells: [
      { id: 'quick', kind: 'sql', name: 'quick', status: 'done', ms: expect.any(Number) },
      { id: 'long', kind: 'typescript', name: '', status: 'idle', ms: null },
    ],
    models: [],
    error,
  })
  expect(log.at(-1)).toBe(`${error.message}\n${error.whatToDo}\n`)
})
