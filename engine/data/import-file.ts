import { open, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { literal, quoteRelation, type Session } from './database.ts'

/** DuckDB's reader of a file, given the path as a literal, by the file's ending. */
export const fileReaders: Record<string, (path: string) => string> = {
  '.csv': (path) => `read_csv(${path})`,
  '.tsv': (path) => `read_csv(${path})`,
  '.parquet': (path) => `read_parquet(${path})`,
  '.json': (path) => `read_json(${path})`,
  '.ndjson': (path) => `read_json(${path}, format = 'newline_delimited')`,
  '.jsonl': (path) => `read_json(${path}, format = 'newline_delimited')`,
}

export const importExtensions = Object.keys(fileReaders)

/** A relation name made from a file's: `2024 sales.csv` becomes `t_2024_sales`. */
export function relationNameOf(fileName: string): string {
  const stem = basename(fileName, extname(fileName))
  const plain = stem
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
  if (plain === '') return 'data'
  return /^[0-9]/.test(plain) ? `t_${plain}` : plain
}

/**
 * Reads a file into a table, replacing a table of that name; whole or not at all.
 *
 * @param shown how messages call the file
 * @throws Failure naming the file when it is missing, of an unknown kind, or cannot be read
 */
export async function importFile(
  session: Session,
  path: string,
  shown: string,
  relation: string,
): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) {
    throw new Failure('not-found', `There is no data file ${shown}.`, 'Check the path and its spelling.')
  }
  const reader = fileReaders[extname(path).toLowerCase()]
  if (!reader) {
    throw new Failure(
      'invalid-input',
      `${shown} cannot be imported: expected ${importExtensions.join(', ')}, found "${extname(path)}".`,
      'Convert it to CSV or Parquet, or rename it when only the ending is wrong.',
    )
  }
  if (found.size === 0) {
    throw new Failure('invalid-input', `The data file ${shown} is empty.`, 'Check that it was written whole.')
  }
  if (extname(path).toLowerCase() === '.json') await checkJsonEnd(path, found.size, shown)
  const name = quoteRelation(relation)
  let skipped = 0
  try {
    const existing = await session.rows(
      "select 1 as one from information_schema.tables where table_type = 'VIEW' and table_schema || '.' || table_name in ($1, 'main.' || $1)",
      [relation],
    )
    if (existing.length > 0) {
      throw new Failure(
        'already-exists',
        `${shown} cannot be imported as ${relation}: a view has that name.`,
        'Import it under another name, or drop the view first.',
      )
    }
    if (/^\.[ct]sv$/i.test(extname(path))) skipped = await skippedLines(session, path)
    if (skipped === 0)
      await session.run(`create or replace table ${name} as select * from ${reader(literal(path))}`)
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid-input') {
      throw new Failure(
        'invalid-input',
        `The data file ${shown} cannot be read: ${saidOfFile(error.message)}`,
        'Check that the file is complete and of the kind its ending says.',
      )
    }
    throw error
  }
  if (skipped > 0) {
    throw new Failure(
      'invalid-input',
      `The data file ${shown} is no plain table: ${skipped === 1 ? 'its first line has' : `its first ${skipped} lines have`} another number of columns than line ${skipped + 1}.`,
      `Correct the file; or, when the table begins at line ${skipped + 1}, read it in a SQL cell: from read_csv('${shown}', skip = ${skipped}).`,
    )
  }
}

/** How many lines DuckDB would pass over, and say nothing: the header and first rows when a later row is longer. */
async function skippedLines(session: Session, path: string): Promise<number> {
  const [found] = await session.rows(`select SkipRows::integer as skipped from sniff_csv(${literal(path)})`)
  return Number(found?.skipped ?? 0)
}

/** DuckDB reads an array that was cut off up to where it was cut. */
async function checkJsonEnd(path: string, size: number, shown: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    const [start, end] = [Buffer.alloc(Math.min(size, 64)), Buffer.alloc(Math.min(size, 64))]
    await file.read(start, 0, start.length, 0)
    await file.read(end, 0, end.length, size - end.length)
    const opens = start.toString('utf8').replace('\uFEFF', '').trimStart().startsWith('[')
    if (!opens || end.toString('utf8').trimEnd().endsWith(']')) return
  } finally {
    await file.close()
  }
  throw new Failure(
    'invalid-input',
    `The data file ${shown} cannot be read: its array has no end "]".`,
    'Check that the file is complete.',
  )
}

/** What DuckDB says without the statement, which is ours and not the user's. */
export function saidOfFile(message: string): string {
  const [said = ''] = message.split(/\n+(?:LINE \d+:|The search space)/)
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(0, 3).join(' ')
}
