/** HOT: from columns of a chunk to predictions (benchmark: bench/batch.ts). Bad rows are taken out and the rest scored. */
import { joinBatches } from '../../shared/features/join-batches.ts'
import type { Predictions } from '../../shared/models/predictor.ts'
import type { CodedTexts } from '../../shared/signature/decode-rows.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { Refusal } from '../http/refusal.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { rowsBeyondRange } from '../scoring/beyond-range.ts'
import { assertWithinRange, compileDecoding, type ScoredRows } from '../scoring/score-rows.ts'
import { unfit } from '../scoring/unfit.ts'
import { transformedScoring } from '../transforms/transformed-scoring.ts'
import type { ChunkColumn, ColumnType, RowChunk } from './row-chunk.ts'
import type { ScoringThreads } from './scoring-threads.ts'

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
  /** Null where no row was scored. */
  readonly predictions: Predictions | null
  /** Made when first asked for, as are `probabilities`. */
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

function scoredChunk(
  { predictor, signature }: Pick<LoadedModel, 'predictor' | 'signature'>,
  chunk: RowChunk,
  kept: Int32Array,
  refused: readonly RefusedRow[],
  predictions: Predictions | null,
): ScoredChunk {
  let labels: readonly Label[] | null = null
  let probabilities: Float64Array | null = null
  return {
    chunk,
    rows: kept.length,
    kept,
    predictions,
    get labels() {
      labels ??= predictions === null ? [] : predictor.predictions(predictions)
      return labels
    },
    get probabilities() {
      probabilities ??=
        predictions === null
          ? new Float64Array(0)
          : probabilitiesOf(predictions, signature.target.classes?.length ?? 0)
      return probabilities
    },
    refused,
  }
}

function pickedCodes({ codes, categories, texts }: CodedTexts, kept: Int32Array): CodedTexts {
  return {
    length: kept.length,
    codes: Int32Array.from(kept, (row) => codes[row]!),
    categories,
    texts: texts && Array.from(kept, (row) => texts[row] ?? null),
  }
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

/** Why each row was refused, by its place. @throws the error where it is not about rows */
function reasonsOf(fields: Refusal['fields'], error: unknown): Map<number, string> {
  const reasons = new Map<number, string>()
  for (const field of fields) {
    if (field.row === null) throw error
    const before = reasons.get(field.row)
    reasons.set(field.row, before === undefined ? fault(field) : `${before}; ${fault(field)}`)
  }
  if (reasons.size === 0) throw error
  return reasons
}

function pickedPredictions(
  { task, outputs, scores, classIndexes }: Predictions,
  rows: Int32Array,
): Predictions {
  const some = new Float64Array(rows.length * outputs)
  rows.forEach((row, i) => {
    some.set(scores.subarray(row * outputs, (row + 1) * outputs), i * outputs)
  })
  return {
    task,
    rows: rows.length,
    outputs,
    scores: some,
    classIndexes: Int32Array.from(rows, (row) => classIndexes[row]!),
  }
}

export interface ChunkScorer {
  /** With threads, several chunks may be asked for at once: each must then be valid until it is answered. */
  score(chunk: RowChunk): Promise<ScoredChunk>
  /** What the model took for the chunk that this thread scored last, without reading the rows. */
  predictMs(): number
}

/** @param threads score in the place of this thread, to the same bits; never for models with SQL transforms */
export function createChunkScorer(model: LoadedModel, threads: ScoringThreads | null = null): ChunkScorer {
  let decoder: ReturnType<typeof compileDecoding> | null = null
  // Rows of a model with SQL transforms are not those of its pipeline, and are decoded on the way to the SQL.
  const decode = (rows: RequestRows) => {
    decoder ??= compileDecoding(model)
    return decoder(rows)
  }
  let predictMs = 0
  const direct = (rows: RequestRows): ScoredRows => {
    const batch = decode(rows)
    const begun = performance.now()
    const scored = { batch, predictions: model.predictor.predict(batch) }
    predictMs = performance.now() - begun
    assertWithinRange(model, scored)
    return scored
  }
  const run: (rows: RequestRows) => ScoredRows | Promise<ScoredRows> = model.transforms
    ? transformedScoring(model, model.transforms).score
    : direct
  const inputs = new Map(model.signature.inputs.map((column) => [column.name, column]))

  const requestRows = (chunk: RowChunk, kept: Int32Array): RequestRows => {
    const whole = kept.length === chunk.rows
    if (chunk.records !== null) {
      const { records } = chunk
      return { kind: 'records', rows: kept.length, records: whole ? records : picked(records, kept) }
    }
    const columns: Record<string, ArrayLike<unknown>> = Object.create(null)
    for (const [c, { name, type }] of chunk.columns.entries()) {
      const input = inputs.get(name)
      const values = chunk.values[c]
      if (input === undefined || values === undefined) continue
      const decimals = input.type === 'numeric' && type.kind === 'text' && type.sql.startsWith('DECIMAL')
      const usable = decimals ? numbersOf(values) : values
      columns[name] = whole ? usable : picked(usable, kept)
    }
    const coded =
      whole || chunk.coded === undefined
        ? chunk.coded
        : Object.fromEntries(Object.entries(chunk.coded).map(([name, one]) => [name, pickedCodes(one, kept)]))
    const base = { kind: 'columns' as const, rows: kept.length, columns, text: chunk.textCells }
    return coded === undefined ? base : { ...base, coded }
  }

  /**
   * Takes out the rows that `use` refuses, round by round, since there may be more of them than an error can name.
   *
   * @returns what `use` made of the rest; null where nothing is left
   */
  const withoutRefused = async <T>(chunk: RowChunk, use: (rows: RequestRows) => T | Promise<T>) => {
    let kept = new Int32Array(chunk.rows)
    for (let i = 0; i < kept.length; i++) kept[i] = i
    const refused: RefusedRow[] = []
    let found: T | null = null
    while (kept.length > 0 && found === null) {
      try {
        found = await use(requestRows(chunk, kept))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const reasons = reasonsOf(error.fields, error)
        for (const [row, reason] of reasons) refused.push({ index: kept[row]!, reason })
        kept = kept.filter((_, row) => !reasons.has(row))
      }
    }
    refused.sort((a, b) => a.index - b.index)
    return { kept, refused, found }
  }

  const scoreHere = async (chunk: RowChunk): Promise<ScoredChunk> => {
    const { kept, refused, found } = await withoutRefused(chunk, async (rows) => {
      const { predictions } = await run(rows)
      const { scores, classIndexes, outputs } = predictions
      // The next call overwrites them.
      return {
        ...predictions,
        scores: scores.slice(0, predictions.rows * outputs),
        classIndexes: classIndexes.slice(0, predictions.rows),
      }
    })
    return scoredChunk(model, chunk, kept, refused, found)
  }

  const scoreThere = async (chunk: RowChunk, there: ScoringThreads): Promise<ScoredChunk> => {
    const { kept, refused, found } = await withoutRefused(chunk, (rows) =>
      joinBatches(model.pipeline, [decode(rows)]),
    )
    if (found === null) return scoredChunk(model, chunk, kept, refused, null)
    const { predictions, batch } = await there.predict(found)
    const beyond = batch === null ? [] : rowsBeyondRange(model, { batch, predictions })
    if (beyond.length === 0) return scoredChunk(model, chunk, kept, refused, predictions)
    const reasons = reasonsOf(beyond, unfit(beyond))
    const left = Int32Array.from(kept.keys()).filter((row) => !reasons.has(row))
    const more = [...reasons].map(([row, reason]): RefusedRow => ({ index: kept[row]!, reason }))
    return scoredChunk(
      model,
      chunk,
      left.map((row) => kept[row]!),
      [...refused, ...more].sort((a, b) => a.index - b.index),
      left.length === 0 ? null : pickedPredictions(predictions, left),
    )
  }

  return {
    score: (chunk) =>
      threads === null || model.transforms !== null ? scoreHere(chunk) : scoreThere(chunk, threads),
    predictMs: () => predictMs,
  }
}
