import { isAbsolute, join } from 'node:path'
import type { ColumnProfile, Relation } from '../../shared/contract/data.ts'
import { Failure } from '../../shared/failure.ts'
import type { Changes } from '../changes.ts'
import { relativeTo } from '../workspace/confine.ts'
import { type Database, quoteRelation } from './database.ts'
import { importFile, relationNameOf } from './import-file.ts'
import { type FilePreview, previewFile } from './preview-file.ts'
import { profileColumns } from './profile.ts'
import { countRows, describeRelation, listRelations, withSession } from './relations.ts'
import { createUploads, type UploadChunk } from './uploads.ts'
import { type RowWindow, readWindow, type WindowRequest } from './window.ts'

/** Relations of the workspace database, always read in windows or as aggregates. */
export interface Data {
  relations(): Promise<Relation[]>
  /** @throws Failure `not-found` naming what there is */
  window(request: WindowRequest): Promise<RowWindow & { total: number }>
  profile(relation: string, columns: readonly string[]): Promise<ColumnProfile[]>
  /** @throws Failure naming the file when it is missing or broken */
  importPath(path: string, relation?: string): Promise<Relation>
  /** The first rows of a data file, which is not imported. @throws Failure naming the file when it cannot be read */
  preview(path: string, limit: number): Promise<FilePreview>
  upload(chunk: UploadChunk): Promise<{ received: number; relation: Relation | null }>
  drop(relation: string): Promise<void>
  close(): void
}

export interface DataDependencies {
  database: Database
  workspaceFolder: string
  changes: Changes
  /** How long a view may take to be counted for the list of relations. */
  countLimitMs?: number
}

export function createData(dependencies: DataDependencies): Data {
  const { database, workspaceFolder, changes, countLimitMs = 2_000 } = dependencies
  const uploads = createUploads(workspaceFolder)
  // Counting a view runs it. Scrolling must not, so the count stays until something in the database changes.
  const totals = new Map<string, Promise<number>>()
  const unwatch = changes.watch((area) => {
    if (area === 'relations' || area === 'monitoring') totals.clear()
  })

  const totalOf = (relation: string) => {
    const known = totals.get(relation)
    if (known) return known
    const total = countRows(database, relation, 3_600_000).then(({ rows, problem }) => {
      if (rows !== null) return rows
      throw new Failure(
        'invalid-input',
        `${relation} cannot be counted: ${problem}`,
        'Correct the cell that defines it.',
      )
    })
    totals.set(relation, total)
    total.catch(() => totals.delete(relation))
    return total
  }

  const absolute = (path: string) => (isAbsolute(path) ? path : join(workspaceFolder, path))

  const importAt = async (path: string, relation: string): Promise<Relation> => {
    await withSession(database, (session) =>
      importFile(session, path, relativeTo(workspaceFolder, path), relation),
    )
    changes.emit('relations')
    const { columns } = await describeRelation(database, relation)
    return { name: relation, kind: 'table', rows: await totalOf(relation), problem: '', columns }
  }

  return {
    relations: () => listRelations(database, countLimitMs),
    async window(request) {
      const { columns } = await describeRelation(database, request.relation)
      const total = await totalOf(request.relation)
      const window = await withSession(database, (session) => readWindow(session, request, columns))
      return { ...window, total }
    },
    async profile(relation, names) {
      const { columns } = await describeRelation(database, relation)
      const wanted = names.map((name) => {
        const column = columns.find((candidate) => candidate.name === name)
        if (column) return column
        throw new Failure(
          'not-found',
          `${relation} has no column ${name}; it has ${columns.map((candidate) => candidate.name).join(', ')}.`,
          'Choose one of its columns.',
        )
      })
      return withSession(database, (session) => profileColumns(session, relation, wanted))
    },
    importPath: (path, relation) => importAt(absolute(path), relation ?? relationNameOf(path)),
    preview: (path, limit) =>
      withSession(database, (session) =>
        previewFile(session, absolute(path), relativeTo(workspaceFolder, absolute(path)), limit),
      ),
    async upload(chunk) {
      const { received, path } = await uploads.write(chunk)
      if (path === null) return { received, relation: null }
      changes.emit('files')
      return { received, relation: await importAt(path, relationNameOf(path)) }
    },
    async drop(relation) {
      await describeKind(database, relation).then((kind) =>
        withSession(database, (session) => session.run(`drop ${kind} ${quoteRelation(relation)}`)),
      )
      changes.emit('relations')
    },
    close: unwatch,
  }
}

async function describeKind(database: Database, relation: string): Promise<'table' | 'view'> {
  const rows = await withSession(database, (session) =>
    session.rows(
      "select table_type as type from information_schema.tables where table_schema || '.' || table_name in ($1, 'main.' || $1)",
      [relation],
    ),
  )
  const type = rows[0]?.type
  if (type === undefined) await describeRelation(database, relation)
  return type === 'VIEW' ? 'view' : 'table'
}
