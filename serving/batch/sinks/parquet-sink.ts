/** HOT: scored rows as Parquet (benchmark: bench/batch.ts). */
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import { type ColumnWriter, createColumnWriter } from '../parquet/column-writer.ts'
import { writtenCodec } from '../parquet/compress-page.ts'
import { placedChunk, placedChunkSchema } from '../parquet/placed-chunks.ts'
import { fileEnd, magic, type WrittenGroup, writeFooter } from '../parquet/write-footer.ts'
import { type WrittenType, writtenType } from '../parquet/written-types.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { createPartialFile } from './partial-file.ts'
import type { Sink } from './sink.ts'

const stateSchema = z.strictObject({
  state: z.string(),
  groups: z.array(z.strictObject({ rows: z.number(), columns: z.array(placedChunkSchema) })),
})

/** A row group ends with so many rows, or so many bytes of compressed pages, which wait in memory for it. */
const groupRows = 1 << 17
const groupBytes = 64 << 20

interface Column extends ChunkColumn {
  written: WrittenType
  writer: ColumnWriter
}

/** Whether columns can be written here; a few types only DuckDB has. */
export function canWrite(columns: readonly ChunkColumn[]): boolean {
  return columns.every(({ type }) => writtenType(type) !== null)
}

function columnOf({ name, type }: ChunkColumn, codec: number): Column {
  const written = writtenType(type)
  if (written === null) throw new Error(`Columns of ${type.sql} are not written here.`)
  return { name, type, written, writer: createColumnWriter(type, written, codec) }
}

/** A Parquet file of the input's values and the predictions. Row groups end where a run may continue. */
export function createParquetSink(
  path: string,
  passed: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
  codec = writtenCodec,
): Sink {
  const file = createPartialFile(path)
  const columns = [...passed, ...added].map((column) => columnOf(column, codec))
  const groups: WrittenGroup[] = []
  let rows = 0

  const add = (
    { name, type, writer }: Column,
    values: ArrayLike<unknown>,
    places: Int32Array,
    text: boolean,
  ) => {
    try {
      writer.add(values, places, text)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new Failure(
        'invalid-input',
        `Column "${name}" cannot be written as ${type.sql}: ${error.message}.`,
        'Correct the input, or name another form of output.',
      )
    }
  }

  const endGroup = async () => {
    if (rows === 0) return
    const placed: WrittenGroup['columns'] = []
    for (const { writer } of columns) {
      const { parts, ...pages } = writer.take()
      placed.push(placedChunk(codec, file.bytes, pages, rows))
      for (const part of parts) await file.append(part)
    }
    groups.push({ rows, columns: placed })
    rows = 0
  }

  const write = ({ chunk, kept, labels, probabilities }: ScoredChunk) => {
    const classes = added.length - 1
    const all = Int32Array.from(kept.keys())
    for (const [c, column] of columns.entries()) {
      const a = c - passed.length
      if (a < 0) add(column, chunk.values[c] ?? [], kept, chunk.textCells)
      else if (a === 0) add(column, labels, all, false)
      else
        add(
          column,
          Float64Array.from(all, (i) => probabilities[i * classes + a - 1]!),
          all,
          false,
        )
    }
    rows += kept.length
  }

  return {
    async open(resume) {
      const text = await file.open(resume)
      if (text === null) {
        await file.append(magic)
        return null
      }
      const found = stateSchema.parse(JSON.parse(text))
      groups.push(...found.groups)
      return found.state
    },
    async write(scored) {
      if (scored.rows > 0) write(scored)
      const waiting = columns.reduce((sum, { writer }) => sum + writer.bytes, 0)
      if (rows >= groupRows || waiting >= groupBytes) await endGroup()
    },
    async commit(state) {
      await endGroup()
      await file.commit(JSON.stringify({ state, groups }))
    },
    async finish() {
      await endGroup()
      await file.append(
        fileEnd(
          writeFooter(
            columns.map(({ name, written }) => ({ name, type: written })),
            groups,
          ),
        ),
      )
      await file.finish()
    },
    abandon: (keep) => file.abandon(keep),
  }
}
