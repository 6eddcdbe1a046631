import { expect, it } from 'vitest'
import { untilAborted } from './until-aborted.ts'

it('gives the result of work that ends first, and its failure', async () => {
  const { signal } = new AbortController()
  expect(await untilAborted(Promise.resolve(7), signal)).toBe(7)
  await expect(untilAborted(Promise.reject(new Error('no rows')), signal)).rejects.toThrow('no rows')
})

it('waits no longer than for the signal, before which or after which the work may fail unheard', async () => {
  const controller = new AbortController()
  let fail: (error: Error) => void = () => {}
  const work = new Promise<never>((_, reject) => {
    fail = reject
  })
  const waiting = untilAborted(work, controller.signal)
  controller.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
  fail(new Error('too late'))
  await expect(untilAborted(Promise.resolve(7), controller.signal)).rejects.toThrow('stopped')
})
