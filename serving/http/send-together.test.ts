import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { expect, test } from 'vitest'
import { createSending } from './send-together.ts'

function setting() {
  const sent: string[] = []
  let clock = 0
  const send = createSending(() => clock)
  const reply = { send: (body: string) => sent.push(body) } as unknown as FastifyReply
  return {
    sent,
    send: (body: string) => send(reply, body),
    pass: (ms: number) => {
      clock += ms
    },
  }
}

test('answers of one turn leave at its end, in their order, and each once', async () => {
  const { sent, send } = setting()
  for (const body of ['a', 'b', 'c']) send(body)
  expect(sent).toEqual([])
  await endOfTurn()
  expect(sent).toEqual(['a', 'b', 'c'])
  send('d')
  await endOfTurn()
  await endOfTurn()
  expect(sent).toEqual(['a', 'b', 'c', 'd'])
})

test('a turn that takes long does not hold up its first answers', async () => {
  const { sent, send, pass } = setting()
  send('a')
  pass(0.9)
  send('b')
  expect(sent).toEqual([])
  pass(0.2)
  send('c')
  expect(sent).toEqual(['a', 'b', 'c'])
  send('d')
  await endOfTurn()
  expect(sent).toEqual(['a', 'b', 'c', 'd'])
})
