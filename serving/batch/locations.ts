import { extname } from 'node:path'
import { Failure } from '../../shared/failure.ts'

/** Where rows come from or go to. */
export type Location =
  | { kind: 'csv' | 'ndjson'; path: string }
  | { kind: 'parquet'; path: string }
  | { kind: 'arrow'; path: string; format: 'stream' | 'file' }
  /** `relation`: a table, `schema.table`, or for inputs a query. */
  | { kind: 'duckdb'; path: string; relation: string }
  | { kind: 'postgres'; url: string; relation: string }

const byExtension: Record<string, 'csv' | 'ndjson' | 'parquet' | 'file' | 'stream'> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
  '.arrow': 'file',
  '.feather': 'file',
  '.arrows': 'stream',
}

export const locationForms = `${Object.keys(byExtension).join(', ')}, duckdb:<file>#<table> or postgres://…#<table>`

/** Whether a location names a query, which can only be read. */
export function isQuery(relation: string): boolean {
  return /^\s*(select|with|from)\s/i.test(relation)
}

/** A password may stand before the host, with any character in it, or in the query, as may that of a key. */
const withoutPassword = (url: string): string =>
  url.replace(/^(\w+:\/\/[^:@/?]*):.*@/s, '$1:***@').replace(/([?&][^=&]*password=)[^&]*/gi, '$1***')

/** The word of the command line that names a location, without its password. */
export function shownLocation(location: Location): string {
  switch (location.kind) {
    case 'duckdb':
      return `duckdb:${location.path}#${location.relation}`
    case 'postgres':
      return `${withoutPassword(location.url)}#${location.relation}`
    default:
      return location.path
  }
}

function relationOf(text: string, word: string): string {
  if (text.trim() !== '') return text
  throw new Failure(
    'invalid-input',
    `"${word}" names no table.`,
    'Put it behind a #, such as duckdb:sales.duckdb#orders.',
  )
}

/**
 * Reads a location: a file by its extension, `duckdb:file.duckdb#table`, or `postgres://user@host/database#table`. For
 * inputs a query may stand for the table.
 *
 * @throws Failure `invalid-input` saying which forms there are
 */
export function parseLocation(word: string): Location {
  const hash = word.indexOf('#')
  const before = hash < 0 ? word : word.slice(0, hash)
  const behind = hash < 0 ? '' : word.slice(hash + 1)
  if (/^postgres(ql)?:\/\//.test(word)) {
    return {
      kind: 'postgres',
      url: before,
      relation: relationOf(behind, shownLocation({ kind: 'postgres', url: before, relation: '' })),
    }
  }
  if (word.startsWith('duckdb:')) {
    return { kind: 'duckdb', path: before.slice('duckdb:'.length), relation: relationOf(behind, word) }
  }
  const extension = extname(word).toLowerCase()
  const kind = byExtension[extension]
  if (kind === undefined) {
    throw new Failure(
      'invalid-input',
      `${word} has the extension "${extension}", expected ${locationForms}.`,
      'Name the file after its format.',
    )
  }
  return kind === 'file' || kind === 'stream'
    ? { kind: 'arrow', path: word, format: kind }
    : { kind, path: word }
}
