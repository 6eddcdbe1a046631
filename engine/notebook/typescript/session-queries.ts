import { DuckDBTimestampValue, listValue } from '@duckdb/node-api'
import { Failure } from '../../../shared/failure.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import {
  databaseFailure,
  literal,
  quote,
  quoteRelation,
  type RowValue,
  type Session,
  type SqlValue,
} from '../../data/database.ts'
import { kindOfType } from '../../data/profile.ts'
import { relationFailure } from '../../data/relation-failure.ts'
import { scoreRows } from '../../scoring/score-rows.ts'
import { withScoredVersion } from '../../scoring/scored-version.ts'
import type { Predictions } from '../predictions/with-predictions.ts'
import type { AskingCell, Registering } from '../registering/register-model.ts'
import type { FromSession, LoadedVersion, TableColumns } from './session-protocol.ts'

const rowLimit = 1_000_000

export type SessionRequest = Extract<FromSession, { request: number }>

/** Answers a cell's requests on the notebook's database session, one after another. */
export interface SessionQueries {
  /** `onRows` gets the rows of a query in batches before the answer, `warn` what the cell shows beside its output. */
  answer(
    request: SessionRequest,
    onRows: (rows: unknown[][]) => void,
    warn: (text: string) => void,
    signal: AbortSignal,
    cell: AskingCell,
  ): Promise<unknown>
}

function parameterOf(value: unknown, position: number): SqlValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return value
    case 'undefined':
      return null
  }
  if (value === null) return null
  if (value instanceof Date) return new DuckDBTimestampValue(BigInt(value.getTime()) * 1000n)
  if (Array.isArray(value)) return listValue(value.map((item) => parameterOf(item, position)))
  if (value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array) {
    return listValue([...value])
  }
  throw new Failure(
    'invalid-input',
    `Value ${position} of the sql template is an object, which cannot be a parameter.`,
    'Interpolate text, numbers, booleans, dates or arrays of them; write names of tables and columns into the SQL.',
  )
}

/** Whole numbers come as numbers while a double holds them exactly, so that `count / 2` works. */
function cellValue(value: RowValue): unknown {
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  }
  return value
}

async function runSql(
  session: Session,
  text: string,
  values: readonly unknown[],
  onRows: (rows: unknown[][]) => void,
): Promise<string[]> {
  const parameters = values.map((value, index) => parameterOf(value, index + 1))
  const result = await session.result(text, parameters.length > 0 ? parameters : undefined)
  let total = 0
  try {
    for await (const rows of result.yieldRowsJs()) {
      total += rows.length
      if (total > rowLimit) {
        throw new Failure(
          'invalid-input',
          `The query gives more than ${rowLimit.toLocaleString('en')} rows as objects.`,
          'Aggregate or filter in SQL, or read the relation as columns with table(name).',
        )
      }
      onRows(rows.map((row) => row.map(cellValue)))
    }
  } catch (error) {
    throw databaseFailure(error)
  }
  return result.deduplicatedColumnNames()
}

async function readTable(session: Session, relation: string): Promise<TableColumns> {
  const described = await session.rows(`describe select * from ${relation}`)
  const columns = described.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
  const unreadable = (error: unknown): never => {
    throw relationFailure(error, relation)
  }
  const [count] = await session.rows(`select count(*) as n from ${relation}`).catch(unreadable)
  const rows = Number(count?.n)
  const numeric = columns.map(({ type }) => kindOfType(type) === 'numeric')
  const values = numeric.map((isNumber) => (isNumber ? new Float64Array(rows) : new Array<unknown>(rows)))
  const list = columns.map((column, index) =>
    numeric[index] ? `coalesce(${quote(column.name)}::double, 'nan'::double)` : quote(column.name),
  )
  const result = await session
    .result(`select ${list.join(', ')} from ${relation} limit ${rows}`)
    .catch(unreadable)
  let at = 0
  try {
    for await (const batch of result.yieldRowsJs()) {
      for (const row of batch) {
        for (const [index, target] of values.entries()) {
          const value = row[index] ?? null
          if (target instanceof Float64Array) target[at] = Number(value)
          else target[at] = cellValue(value)
        }
        at += 1
      }
    }
  } catch (error) {
    unreadable(error)
  }
  return {
    rows: at,
    columns: columns.map((column, index) => ({ ...column, values: values[index] ?? [] })),
  }
}

export function createSessionQueries(
  session: Session,
  catalog: Catalog,
  predictions: Predictions,
  registering: Registering,
): SessionQueries {
  // A second query on a connection ends the result that the first is still reading.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work)
    turn = next.catch(() => undefined)
    return next
  }
  return {
    async answer(request, onRows, warn, signal, cell) {
      switch (request.type) {
        case 'sql':
          return inTurn(() =>
            predictions.inSql(
              session,
              request.text,
              signal,
              (text) => runSql(session, text, request.values, onRows),
              warn,
            ),
          )
        case 'table':
          return inTurn(() => readTable(session, quoteRelation(request.name)))
        case 'predict': {
          const { reference, relation } = request
          const call = `from predict(${literal(reference)}, ${quoteRelation(relation)})`
          return inTurn(() =>
            predictions.inSql(
              session,
              call,
              signal,
              (text) => readTable(session, text.slice('from '.length)),
              warn,
            ),
          )
        }
        case 'predict.rows':
          return withScoredVersion(catalog, request.reference, (scored) =>
            scoreRows(scored, request.rows, warn),
          )
        case 'catalog.load': {
          // Opened and closed again: a version that cannot be scored is told of here.
          return withScoredVersion(catalog, request.reference, ({ record, aliases }): LoadedVersion => {
            const { name, version, task, signature, metrics } = record
            return { name, version, aliases: [...aliases], task, signature, metrics }
          })
        }
        case 'features.fit':
          return registering.fit(request, cell, signal)
        case 'catalog.register':
          return registering.register(request, cell, signal)
        case 'catalog.list':
          return catalog.list()
        case 'catalog.get': {
          const { name, version } = await catalog.resolve(request.reference)
          return { ...(await catalog.get(name, version)), folder: catalog.folder(name, version) }
        }
      }
    },
  }
}
