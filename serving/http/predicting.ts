/** HOT: the way of every prediction request (benchmark: bench/serving.ts). */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Predictions } from '../../shared/models/predictor.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Monitor } from '../monitoring/monitor.ts'
import { csvRows, type RequestRows } from '../rows/request-rows.ts'
import { compileScoring } from '../score-rows.ts'
import type { Settings } from '../settings.ts'
import { type AnswerParts, createAnswerWriter } from './answer-writer.ts'
import type { Flights } from './flights.ts'
import { invalidRequest, notJson, Refusal } from './refusal.ts'

/** What the prediction protocols share: reading a body, scoring its rows, and sending the answer counted. */
export interface Predicting {
  /** Notes the body's size. @throws Refusal 400 for a body that is no JSON */
  json(request: FastifyRequest): unknown
  isCsv(request: FastifyRequest): boolean
  /** @throws Refusal 400 for a body that is no CSV with the signature's columns */
  csv(request: FastifyRequest): RequestRows
  /**
   * Scores and counts rows, whose values stay valid until the next call.
   * @param keyed probabilities as objects rather than flat
   * @throws Refusal 413 above the row limit, 400 with the offending fields
   */
  score(
    request: FastifyRequest,
    rows: RequestRows,
    keyed: boolean,
  ): { predictions: Predictions; parts: AnswerParts }
  send(request: FastifyRequest, reply: FastifyReply, body: string): FastifyReply
}

export function createPredicting(of: {
  model: LoadedModel
  monitor: Monitor
  settings: Settings
  flights: Flights
}): Predicting {
  const { model, monitor, settings, flights } = of
  const scoreRows = compileScoring(model)
  const write = createAnswerWriter(model, {
    nextId: () => monitor.ids.next(),
    mayLog: () => monitor.mayLog(),
    log: (entry) => monitor.log.append(entry),
  })
  const bytes = (request: FastifyRequest): Buffer => {
    const { body, flight } = request
    if (!Buffer.isBuffer(body) || body.length === 0) throw invalidRequest('The request has no body.')
    if (flight) flight.bytesIn = body.length
    return body
  }
  return {
    json(request) {
      const body = bytes(request)
      try {
        return JSON.parse(body.toString())
      } catch (error) {
        throw notJson(request.headers['content-type'], error)
      }
    },
    isCsv: (request) => (request.headers['content-type'] ?? '').startsWith('text/csv'),
    csv: (request) => csvRows(bytes(request).toString(), model.signature),
    score(request, rows, keyed) {
      if (rows.rows === 0) throw invalidRequest('The request has no rows.')
      if (rows.rows > settings.rowsPerRequest) {
        const message = `The request has ${rows.rows} rows; the limit is ${settings.rowsPerRequest}.`
        throw new Refusal(413, 'too_large', message)
      }
      const begun = performance.now()
      const scored = scoreRows(rows)
      monitor.scored(scored, (begun - (request.flight?.arrived ?? begun)) / 1000)
      return { predictions: scored.predictions, parts: write(scored.predictions, Date.now(), keyed) }
    },
    send(request, reply, body) {
      // Counted before it is sent: its text is final, and no second event per request is needed.
      flights.answered(request, 200, Buffer.byteLength(body))
      return reply.header('content-type', 'application/json; charset=utf-8').send(body)
    },
  }
}
