import { expect, it } from 'vitest'
import { type Carrier, TokenRefused } from './carrier.ts'
import { createEngineLink } from './connection.ts'

const context = { context: {} }

it('opens another connection when one is lost, and calls made in between wait for it', async () => {
  const losses: (() => void)[] = []
  const carrier: Carrier = async () => {
    const number = losses.length + 1
    const closed = new Promise<void>((resolve) => losses.push(resolve))
    return { link: { call: async () => `answered by ${number}` }, closed }
  }
  const { link, state } = createEngineLink(carrier, async () => {})
  expect(await link.call(['a'], undefined, context)).toBe('answered by 1')
  expect(state.getState().kind).toBe('ready')
  losses[0]?.()
  await Promise.resolve()
  expect(await link.call(['a'], undefined, context)).toBe('answered by 2')
})

it('says of a call that was under way when the connection was lost what happened, in words for people', async () => {
  let lose = () => {}
  const closed = new Promise<void>((resolve) => {
    lose = resolve
  })
  let reject = (_: Error) => {}
  const answer = new Promise<never>((_, refuse) => {
    reject = refuse
  })
  const connections = [closed, new Promise<void>(() => {})]
  const { link } = createEngineLink(async () => ({
    link: { call: () => answer },
    closed: connections.shift() ?? closed,
  }))
  const call = link.call(['a'], undefined, context)
  await Promise.resolve()
  reject(new Error('Queue[g] was closed or aborted while waiting for pulling.'))
  lose()
  await expect(call).rejects.toMatchObject({
    code: 'unreachable',
    message: 'The engine went away before it answered.',
  })
})

it('leaves an error that the engine answered as it is', async () => {
  const refusal = new Error('No such model.')
  const { link } = createEngineLink(async () => ({
    link: { call: () => Promise.reject(refusal) },
    closed: new Promise(() => {}),
  }))
  await expect(link.call(['a'], undefined, context)).rejects.toBe(refusal)
})

it('says that it is disconnected while it tries again, waiting longer each time', async () => {
  const waits: number[] = []
  const kinds: string[] = []
  let refusals = 3
  const carrier: Carrier = async () => {
    if (refusals-- > 0) throw new Error('refused')
    return { link: { call: async () => 'ok' }, closed: new Promise(() => {}) }
  }
  const { link, state } = createEngineLink(carrier, async (ms) => {
    waits.push(ms)
    kinds.push(state.getState().kind)
  })
  expect(await link.call([], undefined, context)).toBe('ok')
  expect(waits).toEqual([250, 500, 1000])
  expect(kinds).toEqual(['disconnected', 'disconnected', 'disconnected'])
  expect(state.getState().kind).toBe('ready')
})

it('tells an engine that refuses the token from one that does not answer, until one takes it', async () => {
  const kinds: string[] = []
  const failures = [new Error('gone'), new TokenRefused('another start')]
  const carrier: Carrier = async () => {
    const failure = failures.shift()
    if (failure) throw failure
    return { link: { call: async () => 'ok' }, closed: new Promise(() => {}) }
  }
  const { link, state } = createEngineLink(carrier, async () => {
    kinds.push(state.getState().kind)
  })
  expect(await link.call([], undefined, context)).toBe('ok')
  expect(kinds).toEqual(['disconnected', 'refused'])
  expect(state.getState().kind).toBe('ready')
})
