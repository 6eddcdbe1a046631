import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { openDuckDb, sqlName, sqlText } from '../batch/duckdb-session.ts'
import { smallParquetFile } from '../batch/parquet/small-file.ts'
import { scoreFile } from '../batch/score-file.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { compareOutcomes, describeComparison } from './compare.ts'
import { isLabel, type Outcomes, parseLabel, recorded } from './outcomes.ts'
import { readScored } from './read-scored.ts'
import { examplesForCsv, recordedArrow, recordedColumns, recordedCsv, saidOfLeft } from './replay-tables.ts'

/** Whose DuckDB reads and writes DuckDB tables: the bundle's own, one that the workbench lends, or nobody's. */
export type DuckDbFrom = 'own' | 'lent' | 'none'

const saidOfDuckDb: Record<DuckDbFrom, string> = {
  own: '',
  lent: "; DuckDB tables with the workbench's DuckDB, for this bundle carries none",
  none: '; DuckDB tables were left out, for this bundle carries no DuckDB',
}

/** A form of rows in a folder; `location` is what `score` is told. */
interface Form {
  name: string
  location(folder: string, stem: string): string
}

const file = (name: string, extension: string): Form => ({
  name,
  location: (folder, stem) => join(folder, `${stem}${extension}`),
})

const alwaysThere: readonly Form[] = [
  file('CSV', '.csv'),
  file('NDJSON', '.ndjson'),
  file('Arrow', '.arrow'),
  file('Arrow stream', '.arrows'),
  file('Parquet', '.parquet'),
]
const ofDuckDb: readonly Form[] = [
  {
    name: 'DuckDB table',
    location: (folder, stem) => `duckdb:${join(folder, `${stem}.duckdb`)}#${stem}`,
  },
]

const types = {
  float64: { kind: 'double', sql: 'DOUBLE' },
  bool: { kind: 'boolean', sql: 'BOOLEAN' },
  utf8: { kind: 'text', sql: 'VARCHAR' },
} as const

/**
 * Writes the recorded rows as `in` in every form; a missing value is an empty cell, or null. Parquet is written by DuckDB
 * where there is one, so that the bundle reads what it has not written.
 */
async function writeInputs(model: LoadedModel, folder: string, duckDb: boolean): Promise<void> {
  const ndjson = join(folder, 'in.ndjson')
  await writeFile(join(folder, 'in.csv'), recordedCsv(examplesForCsv(model).model))
  const lines = model.examples.rows.map((row) => `${JSON.stringify(row)}\n`)
  await writeFile(ndjson, lines.join(''))
  await writeFile(join(folder, 'in.arrow'), recordedArrow(model, 'file'))
  await writeFile(join(folder, 'in.arrows'), recordedArrow(model, 'stream'))
  const columns = recordedColumns(model).map(({ type, ...column }) => ({ ...column, type: types[type] }))
  if (!duckDb) {
    await writeFile(join(folder, 'in.parquet'), smallParquetFile(columns))
    return
  }
  const session = await openDuckDb(join(folder, 'in.duckdb'), 'the recorded rows')
  try {
    const longest = lines.reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 65_536)
    const typed = columns.map(({ name, type }) => `${sqlText(name)}: '${type.sql}'`)
    const names = columns.map(({ name }) => sqlName(name))
    await session.run(
      `create table "in" as select ${names.join(', ')} from read_json(${sqlText(ndjson)},
        format = 'newline_delimited', maximum_object_size = ${longest}, columns = {${typed.join(', ')}})`,
    )
    await session.run(`copy "in" to ${sqlText(join(folder, 'in.parquet'))} (format parquet)`)
  } finally {
    session.close()
  }
}

/** What an output says; a cell of CSV is a text, whatever it was. */
async function readOutcome(model: LoadedModel, form: Form, location: string, duckDb: boolean) {
  const classes = model.signature.target.classes
  const label = (value: unknown) =>
    typeof value === 'bigint'
      ? Number(value)
      : form.name === 'CSV' && typeof value === 'string'
        ? parseLabel(model, value)
        : value
  const found = await readScored(location, duckDb)
  return {
    predictions: found.map((row) => label(row.prediction)).filter(isLabel),
    probabilities: classes
      ? found.map((row) => classes.map((one) => Number(row[`probability_${String(one)}`])))
      : null,
  }
}

/**
 * Scores the recorded rows as files: from every form that the bundle's `score` reads into the same form, which takes a
 * way of its own where columns pass through, and into the next. DuckDB tables where there is DuckDB.
 *
 * @param scratch a folder for the files
 */
export async function replayFiles(
  model: LoadedModel,
  from: DuckDbFrom,
  scratch: string = os.tmpdir(),
): Promise<Outcomes> {
  const folder = await mkdtemp(join(scratch, 'slipway-verify-'))
  const duckDb = from !== 'none'
  try {
    await writeInputs(model, folder, duckDb)
    const forms = duckDb ? [...alwaysThere, ...ofDuckDb] : alwaysThere
    const asCsv = examplesForCsv(model)
    const problems: string[] = []
    for (const [place, input] of forms.entries()) {
      const next = forms[(place + 1) % forms.length] ?? input
      const { examples } = input.name === 'CSV' ? asCsv.model : model
      if (examples.rows.length === 0) continue
      for (const to of [input, next]) {
        const output = to.location(folder, `out_${place}`)
        await scoreFile(model, input.location(folder, 'in'), output)
        const comparison = compareOutcomes(recorded(examples), await readOutcome(model, to, output, duckDb))
        if (comparison.different > 0)
          problems.push(`${input.name} into ${to.name}: ${describeComparison(comparison)}`)
      }
    }
    const names = forms.map(({ name }) => name)
    const all = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
    return {
      passed: problems.length === 0,
      detail:
        problems.length > 0
          ? problems.join('; ')
          : `${all}, in and out: ${model.examples.rows.length} rows, largest difference 0${saidOfLeft(asCsv.left)}${saidOfDuckDb[from]}`,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
