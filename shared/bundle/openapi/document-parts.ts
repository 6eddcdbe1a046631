/** The pieces that the description's paths are put together from. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export type Operation = JsonObject & { responses: JsonObject }

/** The methods of paths, as OpenAPI's `paths` has them. */
export type Paths = { [path: string]: { [method: string]: Operation } }

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

export const text: Json = { type: 'string' }

export const listOf = (items: Json): JsonObject => ({ type: 'array', items })

export const objectOf = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  ...(required.length > 0 ? { required } : {}),
  properties,
})

export const json = (schema: Json, example?: Json): JsonObject => ({
  'application/json': example === undefined ? { schema } : { schema, example },
})

/** CSV with a header line and Arrow IPC, both as a body and as an answer. */
export const tables: JsonObject = {
  'text/csv': { schema: text },
  'application/vnd.apache.arrow.stream': { schema: { type: 'string', format: 'binary' } },
  'application/vnd.apache.arrow.file': { schema: { type: 'string', format: 'binary' } },
}

export const requestIdParameter: Json = {
  name: 'x-request-id',
  in: 'header',
  schema: text,
  description: 'Echoed, named in logs, and what a canary is chosen by; made when it is absent.',
}

export const queryParameter = (name: string, description: string): Json => ({
  name,
  in: 'query',
  schema: text,
  description,
})

/** Headers of every answer to a prediction. */
export const responseHeaders: Json = {
  'x-request-id': { schema: text },
  'x-model-version': { schema: text, description: 'The version that answered.' },
}

/** An answer with `schema` as JSON, or with content of another type. */
export const answer = (description: string, schema: Json, type = 'application/json'): JsonObject => ({
  '200': { description, content: { [type]: { schema } } },
})

const reasons: Record<number, string> = {
  400: 'The request is not what it must be; for rows, the error says which values do not fit.',
  404: 'There is no such model or version here.',
  409: 'It is refused as things are; nothing was changed.',
  413: 'The body or the number of rows is over the limit.',
  415: 'The body is of a type that is not taken.',
  429: 'Too many requests at once, or of one client; wait as `Retry-After` says.',
  503: 'The server is stopping, or too many rows wait; try again as `Retry-After` says.',
  504: 'The request took too long.',
  507: 'The disk is full; nothing was kept.',
}

/** Refusals, with errors of the protocol's schema. */
export const refusals = (schema: string, ...statuses: readonly number[]): JsonObject =>
  Object.fromEntries(
    statuses.map((status) => [
      String(status),
      { description: reasons[status] ?? 'Refused', content: json(ref(schema)) },
    ]),
  )

/** A path that is read. @param more responses beside 200, and parameters */
export const get = (
  summary: string,
  schema: Json = { type: 'object' },
  type = 'application/json',
  more: { responses?: JsonObject; parameters?: Json[] } = {},
): { get: Operation } => ({
  get: {
    summary,
    ...(more.parameters ? { parameters: more.parameters } : {}),
    responses: { ...answer(summary, schema, type), ...more.responses },
  },
})
