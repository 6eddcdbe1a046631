import { describeJsonBreak } from '../../shared/decoding/json-break.ts'

/** One value that does not fit the signature. `row` is null when it concerns the whole request. */
export interface FieldProblem {
  row: number | null
  column: string
  expected: string
  found: string
}

export type Protocol = 'predict' | 'mlflow' | 'inference'

/** The protocol that a path belongs to, also where no route takes it. */
export function protocolOfPath(path: string): Protocol {
  if (path.startsWith('/v2')) return 'inference'
  return path.startsWith('/invocations') ? 'mlflow' : 'predict'
}

export type RefusalCode =
  | 'invalid_request'
  | 'invalid_rows'
  | 'unauthorized'
  | 'not_found'
  | 'method_not_allowed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'timeout'
  | 'overloaded'
  | 'forbidden'
  | 'conflict'
  | 'draining'
  | 'internal'

/** Characters of a message, and of what a field shows, at most: an answer must not be as long as what it refuses. */
const longest = { message: 4_000, field: 300 }

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length)}…` : text)

/**
 * A request that is answered with an error the caller can act on. What the request held belongs into `fields`, where it
 * is redacted and left out of terse errors; the message quotes no more than names of a path or a header.
 */
export class Refusal extends Error {
  readonly status: number
  readonly code: RefusalCode
  readonly fields: readonly FieldProblem[]

  constructor(status: number, code: RefusalCode, message: string, fields: readonly FieldProblem[] = []) {
    super(cut(message, longest.message))
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.fields = fields.map(({ column, expected, found, ...field }) => ({
      ...field,
      column: cut(column, longest.field),
      expected: cut(expected, longest.message),
      found: cut(found, longest.field),
    }))
  }
}

export function invalidRequest(message: string): Refusal {
  return new Refusal(400, 'invalid_request', message)
}

/** A request whose `part` is not as it must be: of the body, a column or a tensor. */
export function invalidPart(message: string, part: string, expected: string, found: string): Refusal {
  return new Refusal(400, 'invalid_request', message, [{ row: null, column: part, expected, found }])
}

/**
 * A body that is not JSON: 415 when its type says that it was never meant to be. A form's type is curl's default for
 * `-d` and says nothing.
 */
export function notJson(contentType: string | undefined, body: string): Refusal {
  const [type = ''] = (contentType ?? '').split(';')
  const said = type.trim().toLowerCase()
  if (said !== '' && !/json|x-www-form-urlencoded|octet-stream|text\/plain/.test(said)) {
    return new Refusal(
      415,
      'unsupported_media_type',
      `The body is of type ${said}; expected application/json, text/csv or application/vnd.apache.arrow.stream.`,
    )
  }
  return invalidRequest(`The body is not JSON: ${describeJsonBreak(body)}.`)
}

/** A body that came compressed: it would be unpacked to any size before its limit could be kept. */
export function codedBody(coding: string): Refusal {
  return new Refusal(
    415,
    'unsupported_media_type',
    `The body has the content-encoding ${coding}, which is not taken; send it as it is, without one.`,
  )
}

/** MLflow's own names for what went wrong. */
const mlflowCodes: Record<RefusalCode, string> = {
  invalid_request: 'BAD_REQUEST',
  invalid_rows: 'BAD_REQUEST',
  unauthorized: 'UNAUTHENTICATED',
  not_found: 'ENDPOINT_NOT_FOUND',
  method_not_allowed: 'BAD_REQUEST',
  too_large: 'BAD_REQUEST',
  unsupported_media_type: 'BAD_REQUEST',
  too_many_requests: 'REQUEST_LIMIT_EXCEEDED',
  timeout: 'DEADLINE_EXCEEDED',
  overloaded: 'TEMPORARILY_UNAVAILABLE',
  forbidden: 'PERMISSION_DENIED',
  conflict: 'BAD_REQUEST',
  draining: 'TEMPORARILY_UNAVAILABLE',
  internal: 'INTERNAL_ERROR',
}

/** The first problem in words, for protocols whose errors are one string. */
function inWords(refusal: Refusal): string {
  const first = refusal.fields[0]
  if (first === undefined) return refusal.message
  const where = first.row === null ? '' : `row ${first.row}, `
  return `${refusal.message} First: ${where}column "${first.column}": expected ${first.expected}, found ${first.found}.`
}

/**
 * Fields whose column is not to be shown keep their place and expectation. Those of a whole row, without a column, may
 * show a value of any.
 */
export function redactFields(refusal: Refusal, columns: readonly string[]): Refusal {
  if (columns.length === 0 || refusal.fields.length === 0) return refusal
  const fields = refusal.fields.map((field) =>
    field.column === '' || columns.includes(field.column)
      ? { ...field, found: 'a value that is not shown' }
      : field,
  )
  return new Refusal(refusal.status, refusal.code, refusal.message, fields)
}

/** The error body as the protocol has it; terse leaves out what the request held. */
export function refusalBody(refusal: Refusal, protocol: Protocol, requestId: string, terse: boolean): string {
  if (protocol === 'mlflow') {
    const message = terse ? refusal.message : inWords(refusal)
    return JSON.stringify({ error_code: mlflowCodes[refusal.code], message })
  }
  if (protocol === 'inference') {
    return JSON.stringify({ error: terse ? refusal.message : inWords(refusal) })
  }
  const fields = terse || refusal.fields.length === 0 ? {} : { fields: refusal.fields }
  return JSON.stringify({ error: { code: refusal.code, message: refusal.message, ...fields, requestId } })
}
