import { expect, test } from 'vitest'
import { eventStream } from './event-stream.ts'

test('values pushed before and after the reader waits all arrive in order', async () => {
  let push: (value: number) => void = () => {}
  const stream = eventStream<number>((p) => {
    push = p
    p(1)
    p(2)
    return () => {}
  }, undefined)
  expect((await stream.next()).value).toBe(1)
  expect((await stream.next()).value).toBe(2)
  const third = stream.next()
  push(3)
  expect((await third).value).toBe(3)
})

test('a state stream skips what the reader was too slow for', async () => {
  const stream = eventStream<number>(
    (push) => {
      for (const value of [1, 2, 3]) push(value)
      return () => {}
    },
    undefined,
    true,
  )
  expect((await stream.next()).value).toBe(3)
})

test('the end of the connection ends the stream and unsubscribes', async () => {
  const connection = new AbortController()
  let unsubscribed = false
  const stream = eventStream<number>(
    () => () => {
      unsubscribed = true
    },
    connection.signal,
  )
  const waiting = stream.next()
  connection.abort()
  expect((await waiting).done).toBe(true)
  expect(unsubscribed).toBe(true)
})
