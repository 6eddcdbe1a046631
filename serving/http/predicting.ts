/** HOT: the way of every prediction request (benchmark: bench/serving.ts). */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Signature } from '../../shared/signature/signature.ts'
import { arrowRows } from '../rows/arrow/arrow-rows.ts'
import { csvRows, type RequestRows } from '../rows/request-rows.ts'
import type { ScoredRows } from '../scoring/score-rows.ts'
import type { Settings } from '../settings.ts'
import type { ServedVersion } from '../versions/served-version.ts'
import { createShadowing } from '../versions/shadowing.ts'
import type { Versions } from '../versions/versions.ts'
import type { AnswerParts } from './answer-writer.ts'
import type { Flights } from './flights.ts'
import { jsonBody } from './json-body.ts'
import { invalidRequest, Refusal } from './refusal.ts'
import type { RequestLog } from './request-log.ts'
import { createSending } from './send-together.ts'
import { tableAnswer, tableFormat, tableTypes } from './table-answer.ts'

/** What the prediction protocols share: reading a body, scoring its rows, and sending the answer counted. */
export interface Predicting {
  /** Notes the body's size. @throws Refusal 400 for a body that is no JSON */
  json(request: FastifyRequest): unknown
  /**
   * The rows of a CSV, Arrow or JSON body, by its content type. @param ofJson finds them in a protocol's JSON
   * @throws Refusal 400 for a body that is none, or without the signature's columns; 413 above the row limit
   */
  rows(request: FastifyRequest, ofJson: (body: unknown, signature: Signature) => RequestRows): RequestRows
  /**
   * Scores rows, and sends and counts what `compose` makes of them: for a model that is scored directly at the end of
   * this turn, and nothing is returned; later for one that is not. Where the request accepts CSV or Arrow rather than JSON, `/predict` and `/invocations`
   * answer with a table.
   *
   * @param keyed probabilities as objects rather than flat
   * @throws Refusal 413 above the row limit, 400 with the offending fields
   */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    rows: RequestRows,
    keyed: boolean,
    compose: (parts: AnswerParts, version: ServedVersion) => string,
  ): undefined | Promise<FastifyReply>
}

const arrowTypes = /^application\/(vnd\.apache\.arrow\.(stream|file)|x-apache-arrow-stream)/

export function createPredicting(of: {
  versions: Versions
  settings: Settings
  flights: Flights
  requestLog: RequestLog
}): Predicting {
  const { versions, settings, flights, requestLog } = of
  const shadowing = createShadowing()
  const logsColumns = settings.loggedColumns.length > 0
  const bytes = (request: FastifyRequest): Buffer => {
    const { body, flight } = request
    if (!Buffer.isBuffer(body) || body.length === 0) throw invalidRequest('The request has no body.')
    if (flight) flight.bytesIn = body.length
    return body
  }
  const json = (request: FastifyRequest): unknown =>
    jsonBody(bytes(request).toString(), request.headers['content-type'])
  const versionOf = (request: FastifyRequest) => request.flight?.version ?? versions.active

  const sendLater = createSending()

  /** Writes and counts the answer; null where the request has been answered already, which is when it took too long. */
  const writeAnswer = (
    request: FastifyRequest,
    reply: FastifyReply,
    rows: RequestRows,
    keyed: boolean,
    compose: (parts: AnswerParts, version: ServedVersion) => string,
    scored: ScoredRows,
    begun: number,
  ): string | Buffer | null => {
    const version = versionOf(request)
    version.tally.scored(scored, (begun - (request.flight?.arrived ?? begun)) / 1000)
    const { shadow } = versions
    if (shadow !== null) shadowing.offer(shadow, rows, scored.predictions)
    const format = keyed || request.flight?.protocol === 'mlflow' ? tableFormat(request.headers.accept) : null
    const parts = version.write(
      scored.predictions,
      Date.now(),
      keyed && format === null,
      logsColumns ? rows : null,
    )
    let type = 'application/json; charset=utf-8'
    let body: string | Buffer
    if (format === null) body = compose(parts, version)
    else {
      type = tableTypes[format]
      body = tableAnswer(version.model, scored.predictions, JSON.parse(`[${parts.ids}]`), format)
    }
    // Counted before it is sent: its text is final, and no second event per request is needed.
    if (!flights.answered(request, 200, Buffer.byteLength(body))) return null
    requestLog.answered(request, 200, rows)
    if (flights.leaving) reply.header('connection', 'close')
    reply.header('content-type', type).header('x-model-version', version.versionText)
    return body
  }

  return {
    json,
    rows(request, ofJson) {
      const type = request.headers['content-type']
      const { signature } = versionOf(request).model
      if (type !== undefined && !type.startsWith('application/json')) {
        if (type.startsWith('text/csv')) return csvRows(bytes(request).toString(), signature)
        if (arrowTypes.test(type)) return arrowRows(bytes(request), signature, settings.rowsPerRequest)
      }
      return ofJson(json(request), signature)
    },
    answer(request, reply, rows, keyed, compose) {
      if (rows.rows === 0) throw invalidRequest('The request has no rows.')
      if (rows.rows > settings.rowsPerRequest) {
        const message = `The request has ${rows.rows} rows; the limit is ${settings.rowsPerRequest}.`
        throw new Refusal(413, 'too_large', message)
      }
      const { scoring } = versionOf(request)
      const begun = performance.now()
      const written = (scored: ScoredRows) => writeAnswer(request, reply, rows, keyed, compose, scored, begun)
      if (scoring.kind === 'direct') {
        const body = written(scoring.score(rows))
        if (body !== null) sendLater(reply, body)
        return undefined
      }
      // Scored in batches: their answers are sent one after another as it is.
      return scoring.score(rows).then((scored) => {
        const body = written(scored)
        return body === null ? reply : reply.send(body)
      })
    },
  }
}
