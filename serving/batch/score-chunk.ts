/** HOT: from columns of a chunk to predictions (benchmark: bench/batch.ts). Bad rows are taken out and the rest scored. */
import type { Predictions } from '../../shared/models/predictor.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { Refusal } from '../http/refusal.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import type { ScoredRows } from '../scoring/score-rows.ts'
import { directScoring } from '../scoring/scoring.ts'
import { transformedScoring } from '../transforms/transformed-scoring.ts'
import type { ChunkColumn, ColumnType, RowChunk } from './row-chunk.ts'

export interface RefusedRow {
  /** Its place in the chunk. */
  readonly index: number
  readonly reason: string
}

export interface ScoredChunk {
  readonly chunk: RowChunk
  readonly rows: number
  /** Places in the chunk of the rows that were scored, in order. */
  readonly kept: Int32Array
  readonly labels: readonly Label[]
  /** Row-major, one a class in the signature's order; empty for regression. */
  readonly probabilities: Float64Array
  readonly refused: readonly RefusedRow[]
}

/** The columns that scoring adds: `prediction` and, for classifiers, `probability_<class>`. */
export function addedColumns({ signature }: Pick<LoadedModel, 'signature'>): ChunkColumn[] {
  const classes = signature.target.classes ?? []
  const probabilities = classes.map(
    (label): ChunkColumn => ({
      name: `probability_${String(label)}`,
      type: { kind: 'double', sql: 'DOUBLE' },
    }),
  )
  return [{ name: 'prediction', type: labelType(classes) }, ...probabilities]
}

function labelType(classes: readonly Label[]): ColumnType {
  if (classes.length === 0) return { kind: 'double', sql: 'DOUBLE' }
  if (classes.every((label) => typeof label === 'boolean')) return { kind: 'boolean', sql: 'BOOLEAN' }
  if (!classes.every((label) => typeof label === 'number')) return { kind: 'text', sql: 'VARCHAR' }
  return classes.every((label) => Number.isInteger(label))
    ? { kind: 'integer', sql: 'BIGINT' }
    : { kind: 'double', sql: 'DOUBLE' }
}

/** Row-major probabilities of every class. */
function probabilitiesOf({ task, rows, outputs, scores }: Predictions, classes: number): Float64Array {
  if (task === 'regression') return new Float64Array(0)
  if (task === 'multiclass') return scores.slice(0, rows * outputs)
  const flat = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row++) {
    flat[row * 2] = 1 - scores[row]!
    flat[row * 2 + 1] = scores[row]!
  }
  return flat
}

function picked(values: ArrayLike<unknown>, kept: Int32Array): unknown[] {
  const found: unknown[] = new Array(kept.length)
  for (let i = 0; i < kept.length; i++) found[i] = values[kept[i]!]
  return found
}

/** Databases write decimals as text, to keep them exact; the model counts with them. */
function numbersOf(values: ArrayLike<unknown>): ArrayLike<unknown> {
  return Array.from(values, (value) => {
    const number = typeof value === 'string' ? Number(value) : value
    return typeof number === 'number' && Number.isNaN(number) && value !== 'NaN' ? value : number
  })
}

function fault(field: Refusal['fields'][number]): string {
  const where = field.column === '' ? '' : `column "${field.column}": `
  return `${where}expected ${field.expected}, found ${field.found}`
}

export interface ChunkScorer {
  score(chunk: RowChunk): Promise<ScoredChunk>
}

export function createChunkScorer(model: LoadedModel): ChunkScorer {
  const scoring = model.transforms ? transformedScoring(model, model.transforms) : directScoring(model)
  const run: (rows: RequestRows) => ScoredRows | Promise<ScoredRows> = scoring.score
  const classes = model.signature.target.classes?.length ?? 0
  const inputs = new Map(model.signature.inputs.map((column) => [column.name, column]))

  const requestRows = (chunk: RowChunk, kept: Int32Array): RequestRows => {
    const whole = kept.length === chunk.rows
    if (chunk.records !== null) {
      const { records } = chunk
      return { kind: 'records', rows: kept.length, records: whole ? records : picked(records, kept) }
    }
    const columns: Record<string, ArrayLike<unknown>> = {}
    for (const [c, { name, type }] of chunk.columns.entries()) {
      const input = inputs.get(name)
      const values = chunk.values[c]
      if (input === undefined || values === undefined) continue
      const decimals = input.type === 'numeric' && type.kind === 'text' && type.sql.startsWith('DECIMAL')
      const usable = decimals ? numbersOf(values) : values
      columns[name] = whole ? usable : picked(usable, kept)
    }
    return { kind: 'columns', rows: kept.length, columns, text: chunk.textCells }
  }

  return {
    async score(chunk) {
      let kept = Int32Array.from({ length: chunk.rows }, (_, i) => i)
      const refused: RefusedRow[] = []
      // Every round takes out the rows that were named, of which there may be more than an error can name.
      while (kept.length > 0) {
        try {
          const { predictions } = await run(requestRows(chunk, kept))
          const labels = model.predictor.predictions(predictions)
          const probabilities = probabilitiesOf(predictions, classes)
          refused.sort((a, b) => a.index - b.index)
          return { chunk, rows: kept.length, kept, labels, probabilities, refused }
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          const reasons = new Map<number, string>()
          for (const field of error.fields) {
            if (field.row === null) throw error
            const before = reasons.get(field.row)
            reasons.set(field.row, before === undefined ? fault(field) : `${before}; ${fault(field)}`)
          }
          if (reasons.size === 0) throw error
          for (const [row, reason] of reasons) refused.push({ index: kept[row]!, reason })
          kept = kept.filter((_, row) => !reasons.has(row))
        }
      }
      refused.sort((a, b) => a.index - b.index)
      return { chunk, rows: 0, kept, labels: [], probabilities: new Float64Array(0), refused }
    },
  }
}
