import { Writable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createRequestLog } from './request-log.ts'

/** The ids that are logged of requests, for which these numbers are drawn. */
function logged(logSample: number, draws: readonly number[]): string[] {
  const ids: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      ids.push(JSON.parse(String(chunk)).requestId)
      done()
    },
  })
  const left = [...draws]
  const settings = { logSample, loggedColumns: [], redactedColumns: [] }
  const log = createRequestLog(settings, pino({ base: null }, stream), () => left.shift() ?? 1)
  for (const draw of draws) {
    const request: Partial<FastifyRequest> = { id: String(draw), method: 'POST', url: '/predict', ip: '::1' }
    log.answered(request as FastifyRequest, 200, null)
  }
  return ids
}

test('a sample of the requests is logged: those whose draw falls below the share', () => {
  const draws = [0, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7, 0.9, 0.95, 0.999]
  expect(logged(0.25, draws)).toEqual(['0', '0.1', '0.2'])
  expect(logged(0.9, draws)).toEqual(['0', '0.1', '0.2', '0.25', '0.3', '0.5', '0.7'])
  expect(logged(1, draws)).toHaveLength(draws.length)
  expect(logged(0, draws)).toEqual([])
})
