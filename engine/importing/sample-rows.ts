import type { Examples } from '../../shared/bundle/manifest.ts'
import type { Provenance } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import type { Label, Signature } from '../../shared/signature/signature.ts'
import { quote, type RowValue, type Session } from '../data/database.ts'
import { modelColumnsSql } from '../scoring/model-columns.ts'
import { dataFingerprint } from '../training/read-provenance.ts'

type Row = Examples['rows'][number]

/** Rows of given data for an imported model's baseline, metrics and recorded rows. */
export interface SampledData {
  readonly columns: readonly { name: string; type: string }[]
  readonly fingerprint: Provenance['data']
}

export interface SampledRows {
  /** As requests would carry them; drawn from all rows by a seed. */
  readonly rows: Row[]
  /** The answer of each row, as text; null where missing. Empty without a target. */
  readonly actual: (string | null)[]
  /** Least and greatest value over all rows, by column of numbers. */
  readonly ranges: ReadonlyMap<string, { min: number; max: number }>
}

/** Enough for twenty bins; the rest of the data is only counted. */
const mostRows = 20_000

/** @throws Failure `invalid-input` when the data cannot be read */
export async function describeData(session: Session, source: string, shown: string): Promise<SampledData> {
  const described = await session.rows(`describe select * from ${source}`).catch((error: unknown) => {
    throw new Failure(
      'invalid-input',
      `The data ${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name a relation of the workspace, or a CSV or Parquet file.',
      'data',
    )
  })
  const columns = described.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
  const sources = columns.map(({ name, type }) => ({ name, sourceType: type }))
  return { columns, fingerprint: await dataFingerprint(session, shown, source, sources) }
}

function columnNamed(data: SampledData, name: string, path: string): string {
  if (data.columns.some((column) => column.name === name)) return quote(name)
  throw new Failure(
    'invalid-input',
    `The data ${data.fingerprint.relation} has no column "${name}"; it has ${data.columns.map((column) => column.name).join(', ')}.`,
    'Check the spelling.',
    path,
  )
}

/** The target's distinct values in their order; null where there are more than `most` or the target is missing. */
export async function distinctLabels(
  session: Session,
  source: string,
  data: SampledData,
  target: string,
  most: number,
): Promise<Label[] | null> {
  const column = columnNamed(data, target, 'target')
  const rows = await session.rows(
    `select distinct ${column} as v from ${source} where ${column} is not null order by v limit ${most + 1}`,
  )
  if (rows.length > most) return null
  return rows.map(({ v }) => (typeof v === 'boolean' || typeof v === 'number' ? v : plainLabel(v)))
}

function plainLabel(value: RowValue | undefined): Label {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}

/** @throws Failure `invalid-input` naming the columns that the model reads and the data does not have */
export async function sampleRows(
  session: Session,
  source: string,
  data: SampledData,
  signature: Signature,
  model: string,
  target: string | null,
): Promise<SampledRows> {
  const needed: Signature = {
    ...signature,
    inputs: signature.inputs.map((column) => ({ ...column, required: true })),
  }
  const reads = modelColumnsSql(needed, model, data.columns, `the data ${data.fingerprint.relation}`)
  const answer = target === null ? 'null' : `${columnNamed(data, target, 'target')}::varchar`
  const select = reads.map(({ sql }, i) => `${sql} as c${i}`)
  const rows = await session.rows(
    `select ${[...select, `${answer} as y`].join(', ')} from ${source}
     using sample reservoir(${mostRows} rows) repeatable (7)`,
  )
  const numbers = signature.inputs.flatMap((column, i) => (column.type === 'numeric' ? [i] : []))
  const finite = (i: number) => `case when isfinite(${reads[i]!.sql}) then ${reads[i]!.sql} end`
  const bounds = numbers.flatMap((i) => [`min(${finite(i)}) as a${i}`, `max(${finite(i)}) as b${i}`])
  const [found] = bounds.length === 0 ? [] : await session.rows(`select ${bounds.join(', ')} from ${source}`)
  const ranges = new Map<string, { min: number; max: number }>()
  for (const i of numbers) {
    const [min, max] = [found?.[`a${i}`], found?.[`b${i}`]]
    if (typeof min === 'number' && typeof max === 'number') ranges.set(reads[i]!.name, { min, max })
  }
  return {
    rows: rows.map((row) => {
      const values = signature.inputs.map(({ name, type }, i): [string, Row[string]] => {
        const value = row[`c${i}`] ?? null
        if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return [name, null]
        return [name, type === 'boolean' ? value === 1 : typeof value === 'number' ? value : String(value)]
      })
      return Object.fromEntries(values)
    }),
    actual: target === null ? [] : rows.map(({ y }) => (y === null || y === undefined ? null : String(y))),
    ranges,
  }
}
