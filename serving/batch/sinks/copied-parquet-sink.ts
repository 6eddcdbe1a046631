/** HOT: Parquet into Parquet: the input's pages as they stand, predictions beside them (benchmark: bench/batch.ts). */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { z } from 'zod'
import type { Label } from '../../../shared/signature/signature.ts'
import { openDuckDb, sqlName, sqlText } from '../duckdb-session.ts'
import {
  type ColumnPages,
  labelPages,
  numberPages,
  type ParquetType,
  parquetTypes,
  truthPages,
} from '../parquet/column-pages.ts'
import { type AddedColumn, extendedFooter, type PlacedGroup } from '../parquet/extended-footer.ts'
import type { ParquetLayout } from '../parquet/layout.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { unreadable } from '../sources/byte-feed.ts'
import { createPartialFile, syncFolder, writeFailure } from './partial-file.ts'
import type { Sink } from './sink.ts'

const stateSchema = z.strictObject({
  state: z.string(),
  placed: z.array(
    z.strictObject({
      starts: z.array(z.number()),
      added: z.array(z.tuple([z.number(), z.number(), z.number()])),
    }),
  ),
  refused: z.boolean(),
})

/** Whether a row was scored. In the output only while rows that were not are still in it. */
const keptColumn = '__slipway_kept'
const copyBytes = 1 << 20
const magic = Buffer.from('PAR1')
const one = Uint8Array.of(0, 1)

export interface CopiedParquet {
  /** The input. */
  from: string
  layout: ParquetLayout
  /** Labels of a classifier in the signature's order; empty for regression. */
  classes: readonly Label[]
}

function labelType(column: ChunkColumn): ParquetType {
  switch (column.type.kind) {
    case 'boolean':
      return parquetTypes.boolean
    case 'integer':
      return parquetTypes.int64
    case 'double':
      return parquetTypes.double
    case 'text':
      return parquetTypes.text
  }
}

/**
 * Row group by row group: what the input has is copied without being read, so that every type, encoding and statistic
 * stays. A commit is possible where a row group ends. Where rows were refused, DuckDB takes them out at the end.
 */
export function createCopiedParquetSink(
  path: string,
  added: readonly ChunkColumn[],
  { from, layout, classes }: CopiedParquet,
): Sink {
  const file = createPartialFile(path)
  const [prediction] = added
  const type = prediction ? labelType(prediction) : parquetTypes.double
  const columns: AddedColumn[] = added.map(({ name }, a) => ({
    name,
    type: a === 0 ? type : parquetTypes.double,
  }))
  const placed: PlacedGroup[] = []
  let refused = false
  let input: FileHandle | null = null
  let filled = 0
  let kept = new Int32Array(0)
  let codes = new Int32Array(0)
  let scores = Array.from({ length: Math.max(1, classes.length) }, () => new Float64Array(0))

  const begin = () => {
    const rows = layout.groups[placed.length]?.rows ?? 0
    filled = 0
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

  const copyPages = async (start: number, bytes: number) => {
    const buffer = Buffer.allocUnsafe(Math.min(bytes, copyBytes))
    for (let done = 0; done < bytes; ) {
      const { bytesRead } = await (input as FileHandle).read(
        buffer,
        0,
        Math.min(buffer.length, bytes - done),
        start + done,
      )
      if (bytesRead === 0) throw unreadable(from, new Error('it became shorter'))
      await file.append(buffer.subarray(0, bytesRead))
      done += bytesRead
    }
  }

  const labels = (): ColumnPages => {
    if (classes.length === 0) return numberPages(scores[0]!)
    if (type === parquetTypes.boolean) return truthPages(codes, Uint8Array.from(classes, Number))
    return labelPages(codes, classes, type)
  }

  const writeGroup = async () => {
    const group = layout.groups[placed.length]
    if (group === undefined) throw new Error(`${from} has more rows than its row groups.`)
    const starts: number[] = []
    for (const { start, bytes } of group.chunks) {
      starts.push(file.bytes)
      await copyPages(start, bytes)
    }
    const own: PlacedGroup['added'] = []
    const pages = [labels(), ...(classes.length === 0 ? [] : scores.map(numberPages)), truthPages(kept, one)]
    for (const { parts, dictionaryBytes } of pages) {
      const start = file.bytes
      for (const part of parts) await file.append(part)
      own.push([start, file.bytes - start, dictionaryBytes])
    }
    placed.push({ starts, added: own })
    begin()
  }

  /** Takes the refused rows out of the whole file. */
  const withoutRefused = async () => {
    const whole = `${path}.part.parquet`
    const session = await openDuckDb(':memory:', path)
    try {
      const columnsOf = `select * exclude (${sqlName(keptColumn)}) from read_parquet(${sqlText(`${path}.part`)})`
      await session.run(
        `copy (${columnsOf} where ${sqlName(keptColumn)}) to ${sqlText(whole)} (format parquet)`,
      )
    } finally {
      session.close()
    }
    await file.abandon(true)
    await rename(whole, path)
    await syncFolder(path)
    await file.abandon(false)
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
      refused = found.refused
      begin()
      return found.state
    },
    async write(scored) {
      if (scored.refused.length > 0) refused = true
      place(scored)
      if (filled === kept.length && filled > 0) await writeGroup()
    },
    settled: () => filled === 0,
    commit: (state) => file.commit(JSON.stringify({ state, placed, refused })),
    async finish() {
      const all = refused ? [...columns, { name: keptColumn, type: parquetTypes.boolean }] : columns
      const footer = extendedFooter(layout, placed, all)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(footer.length)
      await file.append(Buffer.concat([footer, length, magic]))
      await input?.close()
      input = null
      try {
        if (refused) await withoutRefused()
        else await file.finish()
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    async abandon(keep) {
      await input?.close()
      input = null
      await rm(`${path}.part.parquet`, { force: true })
      await file.abandon(keep)
    },
  }
}
