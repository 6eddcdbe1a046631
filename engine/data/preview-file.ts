import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { literal, type Session } from './database.ts'
import { fileReaders, importExtensions, saidOfFile } from './import-file.ts'
import { jsonCell } from './json-cell.ts'

export interface FilePreview {
  columns: { name: string; type: string }[]
  rows: unknown[][]
  /** The file has more rows than these. */
  more: boolean
  bytes: number
  modified: string
}

/**
 * The first rows of a data file, read where it lies: nothing is imported and no more is read than is shown.
 *
 * @param shown how messages call the file
 * @throws Failure naming the file when it is missing, of an unknown kind, or cannot be read
 */
export async function previewFile(
  session: Session,
  path: string,
  shown: string,
  limit: number,
): Promise<FilePreview> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) {
    throw new Failure(
      'not-found',
      `There is no data file ${shown}.`,
      'Check whether it was moved or renamed.',
    )
  }
  const reader = fileReaders[extname(path).toLowerCase()]
  if (!reader) {
    throw new Failure(
      'invalid-input',
      `${shown} cannot be shown: expected ${importExtensions.join(', ')}, found "${extname(path)}".`,
      'Open it with a program for files of its kind.',
    )
  }
  const from = reader(literal(path))
  try {
    const described = await session.rows(`select column_name, column_type from (describe from ${from})`)
    const columns = described.map((column) => ({
      name: String(column.column_name),
      type: String(column.column_type),
    }))
    const rows: unknown[][] = []
    for await (const chunk of session.stream(`from ${from} limit ${limit + 1}`)) {
      for (const row of chunk.getRows()) rows.push(row.map(jsonCell))
    }
    return {
      columns,
      rows: rows.slice(0, limit),
      more: rows.length > limit,
      bytes: found.size,
      modified: found.mtime.toISOString(),
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'invalid-input') throw error
    throw new Failure(
      'invalid-input',
      `The data file ${shown} cannot be read: ${saidOfFile(error.message)}`,
      'Check that the file is complete and of the kind its ending says.',
    )
  }
}
