import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { ProcessRequest } from '../../shared/contract/process-port.ts'
import { type ParentPort, shellProcessPort } from './shell-process-port.ts'

/** The shell's end, as a test plays it. */
function playedShell() {
  const sent: ProcessRequest[] = []
  let listener: (event: { data: unknown; ports: MessagePort[] }) => void = () => {}
  const parentPort: ParentPort = {
    on: (_, given) => {
      listener = given
    },
    postMessage: (message) => sent.push(message as ProcessRequest),
  }
  return { sent, parentPort, answer: (data: unknown) => listener({ data, ports: [] }) }
}

const program = { script: '/bundle/server.mjs', args: ['serve'], env: { A: '1' }, cwd: '/bundle' }

test('a program is started, heard, stopped and its end awaited through the shell', async () => {
  const shell = playedShell()
  const running = shellProcessPort(shell.parentPort).start(program)
  const [request] = shell.sent
  expect(request).toMatchObject({ type: 'start-process', ...program })
  const id = request?.id
  const heard: string[] = []
  running.output((stream, text) => heard.push(`${stream}: ${text}`))
  shell.answer({ type: 'process-started', id, pid: 41 })
  expect(await running.pid).toBe(41)
  shell.answer({ type: 'process-output', id, stream: 'stderr', text: 'ready' })
  expect(heard).toEqual(['stderr: ready'])
  running.stop()
  expect(shell.sent.at(-1)).toEqual({ type: 'stop-process', id })
  shell.answer({ type: 'process-exited', id, code: 0, problem: '' })
  expect(await running.exited).toBe(0)
})

test('a program that never started is an error that names it', async () => {
  const shell = playedShell()
  const running = shellProcessPort(shell.parentPort).start(program)
  shell.answer({ type: 'process-exited', id: shell.sent[0]?.id, code: null, problem: 'no such file' })
  await expect(running.pid).rejects.toThrow('/bundle/server.mjs could not be started: no such file.')
  expect(await running.exited).toBeNull()
})

test('the output of a deployment goes to the end of its log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-log-'))
  const shell = playedShell()
  const detachedLog = join(folder, 'log.txt')
  shellProcessPort(shell.parentPort).start({ ...program, detachedLog })
  const id = shell.sent[0]?.id
  shell.answer({ type: 'process-output', id, stream: 'stdout', text: 'one\n' })
  shell.answer({ type: 'process-output', id, stream: 'stderr', text: 'two\n' })
  expect(await readFile(detachedLog, 'utf8')).toBe('one\ntwo\n')
  await rm(folder, { recursive: true })
})

test('messages that are not about its programs are ignored', () => {
  const shell = playedShell()
  shellProcessPort(shell.parentPort)
  expect(() => shell.answer({ type: 'connect-window' })).not.toThrow()
  expect(() => shell.answer({ type: 'process-started', id: 'other', pid: 1 })).not.toThrow()
})
