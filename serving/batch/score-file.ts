import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { Failure } from '../../shared/failure.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { Refusal } from '../http/refusal.ts'
import { createCsvParser, csvCell } from '../rows/csv.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { checkHeader } from '../rows/request-rows.ts'
import type { ScoredRows } from '../scoring/score-rows.ts'
import { directScoring } from '../scoring/scoring.ts'
import { transformedScoring } from '../transforms/transformed-scoring.ts'

type Score = (rows: RequestRows) => ScoredRows | Promise<ScoredRows>

/** Rows scored at a time: enough to keep the loops busy, little enough to stay small. */
const batchRows = 4_096

type Format = 'csv' | 'ndjson'

function formatOf(path: string): Format {
  const extension = extname(path).toLowerCase()
  if (extension === '.csv') return 'csv'
  if (extension === '.ndjson' || extension === '.jsonl') return 'ndjson'
  if (extension === '.parquet') {
    throw new Failure(
      'invalid-input',
      `${path} is Parquet, which this bundle cannot read or write by itself: it carries no database.`,
      'Use `slipway score`, which converts Parquet on the way, or convert the file to CSV or NDJSON.',
    )
  }
  throw new Failure(
    'invalid-input',
    `${path} has the extension "${extension}", expected .csv, .ndjson or .jsonl.`,
    'Rename the file after its format.',
  )
}

/** Rows of the input in the order they came: CSV lines as cells under one header, NDJSON lines as objects. */
type Chunk =
  | { kind: 'csv'; header: readonly string[]; rows: string[][]; firstLine: number }
  | { kind: 'ndjson'; rows: Record<string, unknown>[]; firstLine: number }

async function* readText(path: string): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8')
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 18 })) yield decoder.write(bytes)
    yield decoder.end()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new Failure(
      code === 'ENOENT' ? 'not-found' : 'failed',
      `${path} ${why}.`,
      'Check the name of the input file.',
    )
  }
}

function badLine(path: string, line: number, problem: string): Failure {
  return new Failure(
    'invalid-input',
    `${path}, line ${line}: ${problem}.`,
    'Correct the line and score again.',
  )
}

async function* csvChunks(path: string): AsyncIterable<Chunk> {
  let header: readonly string[] | null = null
  let line = 0
  let firstLine = 2
  let rows: string[][] = []
  const parser = createCsvParser((cells) => {
    line++
    if (header === null) {
      header = cells
      return
    }
    if (cells.length !== header.length) {
      throw badLine(path, line, `${cells.length} cells where the header has ${header.length}`)
    }
    rows.push(cells)
  })
  const take = (): Chunk => {
    const chunk: Chunk = { kind: 'csv', header: header ?? [], rows, firstLine }
    firstLine = line + 1
    rows = []
    return chunk
  }
  for await (const text of readText(path)) {
    parser.write(text)
    if (rows.length >= batchRows) yield take()
  }
  try {
    parser.end()
  } catch (error) {
    if (error instanceof Failure) throw error
    throw badLine(path, line + 1, error instanceof Error ? error.message : String(error))
  }
  if (header === null) throw badLine(path, 1, 'there is no header line')
  yield take()
}

async function* ndjsonChunks(path: string): AsyncIterable<Chunk> {
  let rest = ''
  let line = 0
  let firstLine = 1
  let rows: Record<string, unknown>[] = []
  const read = (text: string) => {
    line++
    if (text.trim() === '') return
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw badLine(path, line, error instanceof Error ? error.message : String(error))
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw badLine(path, line, 'expected a JSON object')
    }
    rows.push({ ...value })
  }
  const take = (): Chunk => {
    const chunk: Chunk = { kind: 'ndjson', rows, firstLine }
    firstLine = line + 1
    rows = []
    return chunk
  }
  for await (const text of readText(path)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const entry of lines) read(entry)
    if (rows.length >= batchRows) yield take()
  }
  if (rest !== '') read(rest)
  yield take()
}

/** The columns that scoring adds. */
function addedColumns(model: LoadedModel): string[] {
  const classes = model.signature.target.classes ?? []
  return ['prediction', ...classes.map((label) => `probability_${String(label)}`)]
}

/**
 * Scores a file of any size in bounded memory. Every input column is passed through, followed by `prediction` and,
 * for classifiers, `probability_<class>`. The output appears whole or not at all.
 *
 * @returns how many rows were scored
 * @throws Failure naming the file, line and column at fault
 */
export async function scoreFile(model: LoadedModel, input: string, output: string): Promise<number> {
  const from = formatOf(input)
  const to = formatOf(output)
  const scoring = model.transforms ? transformedScoring(model, model.transforms) : directScoring(model)
  const score: Score = scoring.score
  const added = addedColumns(model)
  const temporary = `${output}.part`
  let total = 0
  let headerWritten = false
  let file: FileHandle | null = null
  try {
    for await (const chunk of from === 'csv' ? csvChunks(input) : ndjsonChunks(input)) {
      const columns = chunk.kind === 'csv' ? chunk.header : Object.keys(chunk.rows[0] ?? {})
      const clash = headerWritten ? undefined : columns.find((column) => added.includes(column))
      if (clash !== undefined) {
        throw new Failure(
          'invalid-input',
          `${input} has a column "${clash}" already, which scoring would write.`,
          'Rename the column in the input.',
        )
      }
      if (chunk.kind === 'csv' && !headerWritten) checkHeader(chunk.header, model.signature)
      file ??= await openOutput(temporary, output)
      await file.appendFile(await scoreChunk(model, score, chunk, columns, to, added, !headerWritten))
      headerWritten = true
      total += chunk.rows.length
    }
    await file?.sync()
    await file?.close()
    await rename(temporary, output)
    return total
  } catch (error) {
    await file?.close().catch(() => {})
    await rm(temporary, { force: true })
    throw asFailure(error, input, output)
  }
}

async function openOutput(temporary: string, output: string): Promise<FileHandle> {
  try {
    return await open(temporary, 'w')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new Failure(
      'failed',
      `${output} cannot be written (${code}).`,
      'Choose a folder that exists and is yours.',
    )
  }
}

function asFailure(error: unknown, input: string, output: string): unknown {
  if (error instanceof Refusal) {
    return new Failure('invalid-input', `${input}: ${error.message}`, 'Correct the file and score again.')
  }
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    return new Failure(
      'disk-full',
      `The disk of ${output} is full; nothing was kept.`,
      'Free some space and score again.',
    )
  }
  return error
}

async function scoreChunk(
  model: LoadedModel,
  score: Score,
  chunk: Chunk,
  columns: readonly string[],
  to: Format,
  added: readonly string[],
  withHeader: boolean,
): Promise<string> {
  const lines: string[] = []
  if (to === 'csv' && withHeader) lines.push([...columns, ...added].map(csvCell).join(','))
  if (chunk.rows.length > 0) {
    const { predictions } = await scoreOrName(score, chunk)
    const labels = model.predictor.predictions(predictions)
    const probabilities = model.predictor.probabilities(predictions)
    for (const [index, row] of chunk.rows.entries()) {
      const scores = [labels[index] ?? null, ...(probabilities?.[index] ?? [])]
      if (to === 'csv') {
        const cells = Array.isArray(row) ? row : columns.map((column) => textOf(row[column]))
        lines.push([...cells, ...scores.map(textOf)].map(csvCell).join(','))
      } else {
        const entries: [string, unknown][] = Array.isArray(row)
          ? columns.map((column, i) => [column, jsonCell(model, column, row[i] ?? '')])
          : Object.entries(row)
        for (const [i, name] of added.entries()) entries.push([name, scores[i]])
        lines.push(JSON.stringify(Object.fromEntries(entries)))
      }
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A CSV cell as JSON: numbers where the signature says so and the text is one, text otherwise. */
function jsonCell(model: LoadedModel, column: string, text: string): string | number | null {
  if (text === '') return null
  const numeric = model.signature.inputs.some((input) => input.name === column && input.type === 'numeric')
  const value = Number(text)
  return numeric && Number.isFinite(value) ? value : text
}

/** Scores a chunk; a refusal names the line of the file. */
async function scoreOrName(score: Score, chunk: Chunk): Promise<ScoredRows> {
  try {
    return chunk.kind === 'csv'
      ? await score({
          kind: 'table',
          rows: chunk.rows.length,
          columns: chunk.header,
          data: chunk.rows,
          text: true,
        })
      : await score({ kind: 'records', rows: chunk.rows.length, records: chunk.rows })
  } catch (error) {
    const field = error instanceof Refusal ? error.fields[0] : undefined
    if (field === undefined) throw error
    const line = chunk.firstLine + (field.row ?? 0)
    throw new Failure(
      'invalid-input',
      `About line ${line}${field.column === '' ? '' : `, column "${field.column}"`}: expected ${field.expected}, found ${field.found}.`,
      'Correct the file and score again.',
    )
  }
}
