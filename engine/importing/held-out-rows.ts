import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { versionFiles } from '../../shared/catalog/version.ts'
import {
  actualColumn,
  type EvaluationFile,
  type HeldOutColumn,
  keptRows,
  scoreColumn,
} from '../../shared/evaluation/evaluation-file.ts'
import { evaluationReport } from '../../shared/evaluation/evaluation-report.ts'
import type { Predictions } from '../../shared/models/predictor.ts'
import type { Signature, SignatureColumn } from '../../shared/signature/signature.ts'
import { databaseFailure, literal, quote, type Session } from '../data/database.ts'
import type { KnownRows } from './assemble-import.ts'

const kinds: Record<SignatureColumn['type'], HeldOutColumn['kind']> = {
  numeric: 'number',
  timestamp: 'time',
  boolean: 'boolean',
  categorical: 'category',
  text: 'text',
}

function firstRows({ task, outputs, scores, classIndexes }: Predictions, rows: number): Predictions {
  return {
    task,
    rows,
    outputs,
    scores: scores.slice(0, rows * outputs),
    classIndexes: classIndexes.slice(0, rows),
  }
}

/** The rows in the form that evaluation reads: what the model is fed, the answer, and the scores. */
async function parquetOf(
  session: Session,
  { inputs }: Signature,
  { rows, actual, predictions }: KnownRows,
): Promise<Uint8Array> {
  const { outputs, scores } = predictions
  const folder = await mkdtemp(join(tmpdir(), 'slipway-holdout-'))
  const [lines, file] = [join(folder, 'rows.ndjson'), join(folder, 'holdout.parquet')]
  // Columns by place: their own names may be anything.
  const isText = (column: SignatureColumn) => column.type === 'categorical' || column.type === 'text'
  const types = [
    ...inputs.map((column, c) => `c${c}: '${isText(column) ? 'VARCHAR' : 'DOUBLE'}'`),
    `y: 'DOUBLE'`,
    ...Array.from({ length: outputs }, (_, k) => `s${k}: 'DOUBLE'`),
  ]
  const selected = [
    ...inputs.map(({ name }, c) => `c${c} as ${quote(name)}`),
    `y as ${actualColumn}`,
    ...Array.from({ length: outputs }, (_, k) => `s${k} as ${scoreColumn(k)}`),
  ]
  const text = rows.map((row, r) => {
    const values: Record<string, unknown> = { y: actual[r] }
    for (const [c, column] of inputs.entries()) {
      const value = row[column.name] ?? null
      values[`c${c}`] = typeof value === 'boolean' ? Number(value) : value
    }
    for (let k = 0; k < outputs; k++) values[`s${k}`] = scores[r * outputs + k]
    return JSON.stringify(values)
  })
  try {
    await writeFile(lines, text.join('\n'))
    await session.run(
      `copy (select ${selected.join(', ')} from read_json(${literal(lines)}, format = 'newline_delimited', columns = {${types.join(', ')}}))
       to ${literal(file)} (format parquet)`,
    )
    return await readFile(file)
  } catch (error) {
    throw databaseFailure(error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The files of an imported version's evaluation, on the given rows whose answer is known. */
export async function heldOutFiles(
  session: Session,
  signature: Signature,
  known: KnownRows,
): Promise<Map<string, Uint8Array>> {
  const count = keptRows(known.rows.length, signature.inputs.length)
  const kept: KnownRows = {
    rows: known.rows.slice(0, count),
    actual: known.actual.slice(0, count),
    predictions: firstRows(known.predictions, count),
  }
  const evaluation: EvaluationFile = {
    format: 1,
    report: evaluationReport(known.actual, known.predictions, signature),
    heldOut: {
      rows: count,
      of: known.rows.length,
      outputs: known.predictions.outputs,
      columns: signature.inputs.map(({ name, sourceType, type }) => ({
        name,
        role: 'feature',
        sourceType,
        kind: kinds[type],
      })),
    },
  }
  return new Map([
    [versionFiles.evaluation, new TextEncoder().encode(`${JSON.stringify(evaluation, null, 2)}\n`)],
    [versionFiles.heldOut, await parquetOf(session, signature, kept)],
  ])
}
