/** HOT: Parquet into Parquet: the input's pages as they stand, predictions beside them (benchmark: bench/batch.ts). */
import { type FileHandle, open } from 'node:fs/promises'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import type { Label } from '../../../shared/signature/signature.ts'
import { type ColumnPages, labelPages, numberPages, truthPages } from '../parquet/column-pages.ts'
import { physicalTypes } from '../parquet/column-types.ts'
import { writtenCodec } from '../parquet/compress-page.ts'
import { codecs } from '../parquet/decompress-page.ts'
import { extendedFooter, type PlacedGroup, placedGroupSchema } from '../parquet/extended-footer.ts'
import { chunkBytesOf, damagedGroup } from '../parquet/group-rows.ts'
import { writeKeptPages } from '../parquet/kept-pages.ts'
import type { GroupLayout, ParquetLayout } from '../parquet/layout.ts'
import { placedChunk } from '../parquet/placed-chunks.ts'
import { storedColumns, whyRowsStay } from '../parquet/stored-columns.ts'
import { fileEnd, magic } from '../parquet/write-footer.ts'
import { writtenType } from '../parquet/written-types.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { unreadable } from '../sources/byte-feed.ts'
import { createPartialFile } from './partial-file.ts'
import type { Sink } from './sink.ts'

const stateSchema = z.strictObject({
  state: z.string(),
  /** Row groups of the input that are done. */
  done: z.number(),
  placed: z.array(placedGroupSchema),
})

const copyBytes = 1 << 20

export interface CopiedParquet {
  /** The input. */
  from: string
  layout: ParquetLayout
  /** Labels of a classifier in the signature's order; empty for regression. */
  classes: readonly Label[]
}

function addedColumn({ name, type }: ChunkColumn) {
  const written = writtenType(type)
  if (written === null) throw new Error(`Predictions of ${type.sql} are not written.`)
  return { name, type: written }
}

/** The values at the places where `kept` has 1. */
function picked<T extends Int32Array | Float64Array>(values: T, kept: Int32Array): T {
  return values.filter((_, i) => kept[i] === 1) as T
}

/**
 * Row group by row group: what the input has is copied without being read, so that every type, encoding and statistic
 * stays. A commit is possible where a row group ends. Of a row group in which rows were refused, pages are written again
 * with the others.
 */
export function createCopiedParquetSink(
  path: string,
  added: readonly ChunkColumn[],
  { from, layout, classes }: CopiedParquet,
): Sink {
  const file = createPartialFile(path)
  const columns = added.map(addedColumn)
  const physical = columns[0]?.type.physical ?? physicalTypes.double
  const placed: PlacedGroup[] = []
  let done = 0
  let input: FileHandle | null = null
  let filled = 0
  let refused = false
  let kept = new Int32Array(0)
  let codes = new Int32Array(0)
  let scores = Array.from({ length: Math.max(1, classes.length) }, () => new Float64Array(0))

  const begin = () => {
    const rows = layout.groups[done]?.rows ?? 0
    filled = 0
    refused = false
    // Row groups are mostly of one size. What stands at rows that are not kept does not matter.
    if (kept.length === rows) return void kept.fill(0)
    kept = new Int32Array(rows)
    codes = new Int32Array(rows)
    scores = scores.map(() => new Float64Array(rows))
  }

  /** Puts a chunk's predictions where its rows are in the row group. */
  const place = ({ chunk, kept: rows, predictions }: ScoredChunk) => {
    if (predictions !== null) {
      const { scores: found, classIndexes, outputs } = predictions
      const binary = classes.length === 2 && outputs === 1
      for (let i = 0; i < rows.length; i++) {
        const at = filled + rows[i]!
        kept[at] = 1
        if (classes.length > 0) codes[at] = classIndexes[i]!
        if (binary) {
          scores[0]![at] = 1 - found[i]!
          scores[1]![at] = found[i]!
        } else {
          for (let k = 0; k < scores.length; k++) scores[k]![at] = found[i * outputs + k]!
        }
      }
    }
    filled += chunk.rows
  }

  const opened = (): FileHandle => {
    if (input === null) throw new Error(`${from} is not open.`)
    return input
  }

  const copyPages = async ({ start, bytes }: GroupLayout['chunks'][number]): Promise<number> => {
    const at = file.bytes
    const buffer = Buffer.allocUnsafe(Math.min(bytes, copyBytes))
    for (let copied = 0; copied < bytes; ) {
      const length = Math.min(buffer.length, bytes - copied)
      const { bytesRead } = await opened().read(buffer, 0, length, start + copied)
      if (bytesRead === 0) throw unreadable(from, new Error('it became shorter'))
      await file.append(buffer.subarray(0, bytesRead))
      copied += bytesRead
    }
    return at
  }

  /** Writes the columns of a row group without the rows that were refused. */
  const writeKept = async ({ chunks }: GroupLayout): Promise<PlacedGroup['columns']> => {
    const found: PlacedGroup['columns'] = []
    const stored = storedColumns(layout)
    for (const [c, chunk] of chunks.entries()) {
      const start = file.bytes
      const readBytes = chunkBytesOf(opened(), from, chunk, 1)
      const pages = await writeKeptPages(stored[c]!, chunk, readBytes, kept, (part) => file.append(part))
      found.push(placedChunk(writtenCodec, start, pages, pages.values))
    }
    return found
  }

  const labels = (places: Int32Array, numbers: Float64Array): ColumnPages => {
    if (classes.length === 0) return numberPages(numbers)
    if (physical === physicalTypes.boolean) return truthPages(places, Uint8Array.from(classes, Number))
    return labelPages(places, classes, physical)
  }

  const writeGroup = async () => {
    const group = layout.groups[done]
    if (group === undefined) throw new Error(`${from} has more rows than its row groups.`)
    const places = refused ? picked(codes, kept) : codes
    const numbers = refused ? scores.map((one) => picked(one, kept)) : scores
    const rows = places.length
    if (rows > 0) {
      const own: PlacedGroup = { group: done, rows, columns: [], added: [] }
      if (refused)
        own.columns = await writeKept(group).catch((error: unknown) => damagedGroup(from, done, error))
      else for (const chunk of group.chunks) own.columns.push(await copyPages(chunk))
      const pages = [labels(places, numbers[0]!), ...(classes.length === 0 ? [] : numbers.map(numberPages))]
      for (const { parts, ...sizes } of pages) {
        own.added.push(placedChunk(codecs.none, file.bytes, sizes, rows))
        for (const part of parts) await file.append(part)
      }
      placed.push(own)
    }
    done++
    begin()
  }

  const assertRowsMayGo = () => {
    const why = whyRowsStay(layout)
    if (why === null) return
    throw new Failure(
      'invalid-input',
      `Rows of ${from} do not fit the signature, and cannot be taken out of it: ${why}.`,
      'Name another form of output, such as .csv, or write the file with Snappy or Zstandard.',
    )
  }

  return {
    async open(resume) {
      const text = await file.open(resume)
      input = await open(from, 'r')
      if (text === null) {
        await file.append(magic)
        begin()
        return null
      }
      const found = stateSchema.parse(JSON.parse(text))
      placed.push(...found.placed)
      done = found.done
      begin()
      return found.state
    },
    async write(scored) {
      if (scored.refused.length > 0 && !refused) {
        assertRowsMayGo()
        refused = true
      }
      place(scored)
      if (filled === kept.length && filled > 0) await writeGroup()
    },
    settled: () => filled === 0,
    commit: (state) => file.commit(JSON.stringify({ state, done, placed })),
    async finish() {
      await file.append(fileEnd(extendedFooter(layout, placed, columns)))
      await input?.close()
      input = null
      await file.finish()
    },
    async abandon(keep) {
      await input?.close()
      input = null
      await file.abandon(keep)
    },
  }
}
