/** One value that does not fit the signature. `row` is null when it concerns the whole request. */
export interface FieldProblem {
  row: number | null
  column: string
  expected: string
  found: string
}

export type Protocol = 'predict' | 'mlflow' | 'inference'

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

/** A request that is answered with an error the caller can act on. */
export class Refusal extends Error {
  readonly status: number
  readonly code: RefusalCode
  readonly fields: readonly FieldProblem[]

  constructor(status: number, code: RefusalCode, message: string, fields: readonly FieldProblem[] = []) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.fields = fields
  }
}

export function invalidRequest(message: string): Refusal {
  return new Refusal(400, 'invalid_request', message)
}

/**
 * A body that is not JSON: 415 when its type says that it was never meant to be. A form's type is curl's default for
 * `-d` and says nothing.
 */
export function notJson(contentType: string | undefined, error: unknown): Refusal {
  const [type = ''] = (contentType ?? '').split(';')
  const said = type.trim().toLowerCase()
  if (said !== '' && !/json|x-www-form-urlencoded|octet-stream|text\/plain/.test(said)) {
    return new Refusal(
      415,
      'unsupported_media_type',
      `The body is of type ${said}; expected application/json, text/csv or application/vnd.apache.arrow.stream.`,
    )
  }
  return invalidRequest(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
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

/** Fields whose column is not to be shown keep their place and expectation. */
export function redactFields(refusal: Refusal, columns: readonly string[]): Refusal {
  if (columns.length === 0 || !refusal.fields.some((field) => columns.includes(field.column))) return refusal
  const fields = refusal.fields.map((field) =>
    columns.includes(field.column) ? { ...field, found: 'a value that is not shown' } : field,
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
