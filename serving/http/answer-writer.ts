/** HOT: writes every prediction of every response and of the log (benchmark: bench/serving.ts). */
import type { Predictions } from '../../shared/models/predictor.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { valuesOfRow } from '../rows/values-of-row.ts'

/** JSON fragments of a scored request, without the brackets around them. */
export interface AnswerParts {
  /** `"Yes","No"` or `1.5,2` */
  prediction: string
  /** `{"No":0.1,"Yes":0.9},…`; empty for regression. */
  keyed: string
  /** `0.1,0.9,…`, row-major; empty for regression. */
  flat: string
  /** `"a-1","a-2"` */
  ids: string
}

export interface AnswerSink {
  /** So many rows are written next. */
  begin(rows: number): void
  nextId(): string
  /** Whether the row of the last id is to be logged; the log is bounded per second. */
  logsIt(): boolean
  log(entry: string): void
}

/** JSON has no infinities; a score that overflowed is null. */
const number = (value: number): string => (value - value === 0 ? String(value) : 'null')

/** @param rows what was sent, where the values of some columns are logged with the prediction; null else */
export type AnswerWriter = (
  of: Predictions,
  at: number,
  keyed: boolean,
  rows: RequestRows | null,
) => AnswerParts

/** Compiles the text of a model's predictions: class names and keys are written once, not per row. */
export function createAnswerWriter(
  model: LoadedModel,
  sink: AnswerSink,
  loggedColumns: readonly string[] = [],
): AnswerWriter {
  const classes = model.signature.target.classes ?? []
  const labels = classes.map((label) => JSON.stringify(label))
  const keys = classes.map((label) => `${JSON.stringify(String(label))}:`)
  const modelText = JSON.stringify({ name: model.name, version: model.version })

  const columnsOf = (rows: RequestRows | null, row: number) =>
    rows === null ? '' : `,"columns":${JSON.stringify(valuesOfRow(rows, row, loggedColumns))}`

  return (of, at, keyed, rows) => {
    const parts: AnswerParts = { prediction: '', keyed: '', flat: '', ids: '' }
    const beforeId = `"type":"prediction","id":"`
    sink.begin(of.rows)
    const afterId = `","at":${at},"model":${modelText},"prediction":`
    for (let row = 0; row < of.rows; row++) {
      const comma = row === 0 ? '' : ','
      const id = sink.nextId()
      parts.ids += `${comma}"${id}"`
      const keepLog = sink.logsIt()
      if (of.task === 'regression') {
        const value = number(of.scores[row]!)
        parts.prediction += comma + value
        // The log holds numbers only; an overflowed score has nothing to compare feedback with.
        if (keepLog && value !== 'null') sink.log(beforeId + id + afterId + value + columnsOf(rows, row))
        continue
      }
      const label = labels[of.classIndexes[row]!]!
      parts.prediction += comma + label
      let flat = ''
      if (of.task === 'binary') {
        const positive = of.scores[row]!
        const low = number(1 - positive)
        const high = number(positive)
        flat = `${low},${high}`
        if (keyed) parts.keyed += `${comma}{${keys[0]!}${low},${keys[1]!}${high}}`
        else parts.flat += comma + flat
      } else {
        let entry = ''
        for (let k = 0; k < of.outputs; k++) {
          const text = number(of.scores[row * of.outputs + k]!)
          flat += k === 0 ? text : `,${text}`
          if (keyed) entry += (k === 0 ? '' : ',') + keys[k]! + text
        }
        if (keyed) parts.keyed += `${comma}{${entry}}`
        else parts.flat += comma + flat
      }
      if (keepLog)
        sink.log(`${beforeId}${id}${afterId}${label},"probabilities":[${flat}]${columnsOf(rows, row)}`)
    }
    return parts
  }
}
