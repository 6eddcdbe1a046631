/** HOT LOOP: hands up to 50,000 rows of scores to DuckDB in chunks; the rows themselves never leave it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOUBLE, DuckDBDataChunk, INTEGER } from '@duckdb/node-api'
import { actualColumn, type HeldOutColumn, scoreColumn } from '../../shared/evaluation/evaluation-file.ts'
import { sourceKind } from '../../shared/features/source-kind.ts'
import { databaseFailure, literal, quote, type Session } from '../data/database.ts'
import type { FeatureColumn, SourceColumn } from '../training/choose-columns.ts'
import { parts, rowsTable, splitTable } from '../training/split-rows.ts'
import { type ExtraColumn, snapshotColumn } from '../training/take-snapshot.ts'

/** The most rows of a DuckDB chunk. */
const chunkRows = 2048

const times = /^(DATE|TIMESTAMP.*)$/

function isReserved(name: string): boolean {
  return /^slipway_(actual$|score_|n$)/i.test(name)
}

/** The relation's columns, beside features and target, by which held-out rows can be sliced. */
export function extraColumns(
  columns: readonly SourceColumn[],
  features: readonly SourceColumn[],
  target: SourceColumn,
): ExtraColumn[] {
  const taken = new Set([...features.map((feature) => feature.name), target.name])
  return columns
    .filter(
      ({ name, sourceType }) =>
        !taken.has(name) && !isReserved(name) && (sourceKind(sourceType) !== null || times.test(sourceType)),
    )
    .map((column, i) => ({ ...column, snapshot: `x${i}` }))
}

const kinds: Record<FeatureColumn['type'], HeldOutColumn['kind']> = {
  numeric: 'number',
  timestamp: 'time',
  boolean: 'boolean',
  categorical: 'category',
  text: 'text',
}

/** What the kept rows have beside the prediction, in the order of the file. */
export function heldOutColumns(
  features: readonly FeatureColumn[],
  extras: readonly SourceColumn[],
): HeldOutColumn[] {
  return [
    ...features.map(({ name, sourceType, type }): HeldOutColumn => {
      return { name, role: 'feature', sourceType, kind: kinds[type] }
    }),
    ...extras.map(({ name, sourceType }): HeldOutColumn => {
      const source = sourceKind(sourceType)
      const kind =
        source === null || source === 'timestamp'
          ? 'time'
          : source === 'text'
            ? 'category'
            : source === 'boolean'
              ? source
              : 'number'
      return { name, role: 'other', sourceType, kind }
    }),
  ]
}

async function writeScores(session: Session, scores: Float64Array, outputs: number): Promise<void> {
  const names = Array.from({ length: outputs }, (_, k) => scoreColumn(k))
  await session.run(
    `create or replace temp table slipway_scores (slipway_n integer, ${names.map((name) => `${name} double`).join(', ')})`,
  )
  const appender = await session.connection.createAppender('slipway_scores', 'main', 'temp')
  const rows = scores.length / outputs
  for (let from = 0; from < rows; from += chunkRows) {
    const size = Math.min(chunkRows, rows - from)
    const chunk = DuckDBDataChunk.create([INTEGER, ...names.map(() => DOUBLE)], size)
    chunk.setColumnValues(
      0,
      Array.from({ length: size }, (_, i) => from + i),
    )
    for (let k = 0; k < outputs; k++) {
      chunk.setColumnValues(
        k + 1,
        Array.from({ length: size }, (_, i) => scores[(from + i) * outputs + k]!),
      )
    }
    appender.appendDataChunk(chunk)
    // The engine answers others between chunks.
    await new Promise((resolve) => setImmediate(resolve))
  }
  appender.closeSync()
}

/**
 * The kept held-out rows as a Parquet file: features and other columns under their own names, the target and the
 * scores.
 *
 * @param scores row-major, of the first rows of the test part in the order of `n`
 * @throws Failure `disk-full`, `cancelled`
 */
export async function writeHoldOut(
  session: Session,
  columns: { features: readonly Pick<FeatureColumn, 'name'>[]; extras: readonly ExtraColumn[] },
  scores: Float64Array,
  outputs: number,
): Promise<Uint8Array> {
  const rows = scores.length / outputs
  await writeScores(session, scores, outputs)
  const selected = [
    ...columns.features.map(({ name }, i) => `r.${snapshotColumn(i)} as ${quote(name)}`),
    ...columns.extras.map(({ name, snapshot }) => `x.${snapshot} as ${quote(name)}`),
    `r.y::double as ${actualColumn}`,
    ...Array.from({ length: outputs }, (_, k) => `s.${scoreColumn(k)}`),
  ]
  const folder = await mkdtemp(join(tmpdir(), 'slipway-holdout-')).catch((error: unknown) => {
    throw databaseFailure(error)
  })
  const file = join(folder, 'holdout.parquet')
  try {
    await session.run(
      `copy (
         select ${selected.join(', ')}
         from (select *, row_number() over (order by n) - 1 as slipway_n from ${rowsTable} where part = ${parts.test}
               order by n limit ${rows}) r
         join temp.slipway_scores s using (slipway_n)
         join ${splitTable} x using (n) order by slipway_n
       ) to ${literal(file)} (format parquet)`,
    )
    await session.run('drop table temp.slipway_scores')
    return await readFile(file)
  } catch (error) {
    throw databaseFailure(error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
