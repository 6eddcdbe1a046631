import { bool, float64, int32, tableFromArrays, tableToIPC, utf8 } from '@uwdata/flechette'
import type { Predictions } from '../../shared/models/predictor.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { csvCell } from '../rows/csv.ts'

export type TableFormat = 'csv' | 'arrow-stream' | 'arrow-file'

export const tableTypes: Record<TableFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  'arrow-stream': 'application/vnd.apache.arrow.stream',
  'arrow-file': 'application/vnd.apache.arrow.file',
}

/** What the `Accept` header asks for; null for JSON. */
export function tableFormat(accept: string | undefined): TableFormat | null {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return null
  for (const part of accept.split(',')) {
    const type = part.split(';')[0]?.trim().toLowerCase()
    if (type === 'application/json') return null
    if (type === 'text/csv') return 'csv'
    if (type === 'application/vnd.apache.arrow.stream') return 'arrow-stream'
    if (type === 'application/vnd.apache.arrow.file') return 'arrow-file'
  }
  return null
}

function probabilitiesOf(of: Predictions, classes: number): Float64Array[] {
  return Array.from({ length: classes }, (_, k) => {
    const column = new Float64Array(of.rows)
    for (let row = 0; row < of.rows; row++) {
      if (of.task === 'binary') column[row] = k === 1 ? of.scores[row]! : 1 - of.scores[row]!
      else column[row] = of.scores[row * of.outputs + k]!
    }
    return column
  })
}

/** The answer as a table: `prediction`, classification's `probability_<class>`, and `id`, as batch scoring names them. */
export function tableAnswer(
  model: LoadedModel,
  of: Predictions,
  ids: readonly string[],
  format: TableFormat,
): string | Buffer {
  const classes = model.signature.target.classes ?? []
  const predictions = model.predictor.predictions(of)
  const probabilities = classes.length === 0 ? [] : probabilitiesOf(of, classes.length)
  const names = classes.map((label) => `probability_${String(label)}`)
  if (format === 'csv') {
    const lines = [['prediction', ...names, 'id'].map(csvCell).join(',')]
    for (const [row, prediction] of predictions.entries()) {
      const cells = [
        csvCell(String(prediction)),
        ...probabilities.map((column) => String(column[row])),
        ids[row],
      ]
      lines.push(cells.join(','))
    }
    return `${lines.join('\n')}\n`
  }
  const whole = predictions.every((value) => typeof value === 'number' && value === (value | 0))
  const [first] = predictions
  const type = typeof first === 'string' ? utf8() : typeof first === 'boolean' ? bool() : float64()
  const columns: [string, unknown[] | Float64Array][] = [
    ['prediction', predictions],
    ...names.map((name, k): [string, Float64Array] => [name, probabilities[k]!]),
    ['id', [...ids]],
  ]
  const table = tableFromArrays(columns, {
    types: {
      prediction: classes.length > 0 && whole ? int32() : type,
      ...Object.fromEntries(names.map((name) => [name, float64()])),
      id: utf8(),
    },
  })
  const bytes = tableToIPC(table, { format: format === 'arrow-file' ? 'file' : 'stream' })
  if (bytes === null) throw new Error('Arrow IPC bytes were written elsewhere.')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
