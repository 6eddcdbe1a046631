import { bool, float64, tableFromArrays, tableToIPC, utf8 } from '@uwdata/flechette'
import type { Examples } from '../../shared/bundle/manifest.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { csvLine, parseCsv } from '../rows/csv.ts'
import { askWith } from './ask.ts'
import type { ChildServer } from './child-server.ts'
import { compared, isLabel, list, type Outcomes, ownOutcome, parseLabel } from './outcomes.ts'

const arrowStream = 'application/vnd.apache.arrow.stream'

/** The recorded rows as CSV text; a missing value is an empty cell. */
export function recordedCsv({ signature, examples }: LoadedModel): string {
  const names = signature.inputs.map((column) => column.name)
  return [names, ...examples.rows.map((row) => names.map((name) => String(row[name] ?? '')))]
    .map((cells) => `${csvLine(cells)}\n`)
    .join('')
}

export interface CsvExamples {
  model: LoadedModel
  /** Rows left out because CSV cannot say them. */
  left: number
}

/** The model with those of its recorded rows that CSV can carry: an empty cell is missing, so an empty text has none. */
export function examplesForCsv(model: LoadedModel): CsvExamples {
  const { rows, predictions, probabilities } = model.examples
  const kept = rows.flatMap((row, r) => (Object.values(row).includes('') ? [] : [r]))
  if (kept.length === rows.length) return { model, left: 0 }
  const examples: Examples = {
    ...model.examples,
    rows: kept.map((r) => rows[r]!),
    predictions: kept.map((r) => predictions[r]!),
    ...(probabilities ? { probabilities: kept.map((r) => probabilities[r]!) } : {}),
  }
  return { model: { ...model, examples }, left: rows.length - kept.length }
}

/** What is said of rows that were not tried as CSV. */
export function saidOfLeft(left: number): string {
  return left === 0 ? '' : `; ${left} with an empty text left out of CSV, where it would be missing`
}

export interface RecordedColumn {
  name: string
  type: 'float64' | 'bool' | 'utf8'
  values: unknown[]
}

/** The recorded rows by columns; a column of several types of values is one of texts. */
export function recordedColumns({ signature, examples }: LoadedModel): RecordedColumn[] {
  return signature.inputs.map(({ name }) => {
    const values = examples.rows.map((row) => row[name] ?? null)
    const all = (type: string) => values.every((value) => value === null || typeof value === type)
    if (all('number')) return { name, type: 'float64', values }
    if (all('boolean')) return { name, type: 'bool', values }
    return { name, type: 'utf8', values: values.map((value) => (value === null ? null : String(value))) }
  })
}

const arrowTypes = { float64, bool, utf8 }

/** The recorded rows as Arrow IPC. */
export function recordedArrow(model: LoadedModel, format: 'stream' | 'file'): Uint8Array<ArrayBuffer> {
  const columns = recordedColumns(model)
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, arrowTypes[type]()]))
  const table = tableFromArrays(
    columns.map(({ name, values }): [string, unknown[]] => [name, values]),
    { types },
  )
  const bytes = tableToIPC(table, { format })
  if (bytes === null) throw new Error('Arrow IPC bytes were written elsewhere.')
  return new Uint8Array(bytes)
}

/** Both of `/predict` and `/invocations`, with a body that is a table. */
async function replayTable(
  model: LoadedModel,
  server: ChildServer,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
): Promise<Outcomes> {
  const own = compared(model.examples, ownOutcome(model, await askWith(server, '/predict', body, type)))
  const mlflow = await askWith(server, '/invocations', body, type)
  const theirs = compared(model.examples, {
    predictions: list(mlflow.predictions).filter(isLabel),
    probabilities: null,
  })
  return {
    passed: own.passed && theirs.passed,
    detail: `/predict: ${own.detail}; /invocations: ${theirs.detail}`,
  }
}

/** CSV bodies, and an answer that is CSV as well. */
export async function replayCsv(
  whole: LoadedModel,
  server: ChildServer,
): Promise<Outcomes | { passed: null; detail: string }> {
  const { model, left } = examplesForCsv(whole)
  if (model.examples.rows.length === 0) return { passed: null, detail: `0 rows${saidOfLeft(left)}` }
  const body = recordedCsv(model)
  const sent = await replayTable(model, server, body, 'text/csv')
  const answer = await server.post('/predict', body, 'text/csv', 'text/csv')
  if (answer.status !== 200)
    throw new Error(`/predict answered ${answer.status}: ${answer.text.slice(0, 300)}`)
  const [header = [], ...lines] = parseCsv(answer.text)
  const classes = model.signature.target.classes
  const cell = (cells: readonly string[], name: string) => cells[header.indexOf(name)] ?? ''
  const read = compared(model.examples, {
    predictions: lines.map((cells) => parseLabel(model, cell(cells, 'prediction'))),
    probabilities: classes
      ? lines.map((cells) => classes.map((label) => Number(cell(cells, `probability_${String(label)}`))))
      : null,
  })
  return {
    passed: sent.passed && read.passed,
    detail: `${sent.detail}; answered as CSV: ${read.detail}${saidOfLeft(left)}`,
  }
}

/** Arrow bodies. */
export async function replayArrow(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  return await replayTable(model, server, recordedArrow(model, 'stream'), arrowStream)
}
