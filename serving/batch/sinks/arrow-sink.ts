import { Column, tableFromColumns, tableToIPC } from '@uwdata/flechette'
import { z } from 'zod'
import { Failure } from '../../../shared/failure.ts'
import { type ChunkColumn, rowNumbers } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { arrowPieces } from '../sources/arrow-messages.ts'
import { streamFeed } from '../sources/byte-feed.ts'
import { arrowColumns } from './arrow-columns.ts'
import { type ArrowBlock, arrowFooter } from './arrow-footer.ts'
import { createPartialFile } from './partial-file.ts'
import type { Sink } from './sink.ts'

const stateSchema = z.strictObject({
  state: z.string(),
  /** Schema and dictionaries that were written last, in base64: they are not written again while they stay the same. */
  head: z.string(),
  schemaBytes: z.number().int(),
  dictionaries: z.array(z.tuple([z.number(), z.number(), z.number()])),
  batches: z.array(z.tuple([z.number(), z.number(), z.number()])),
})

const fileHead = Buffer.from('ARROW1\0\0')
const endOfStream = Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])

type Block = [offset: number, metadata: number, body: number]
const blockOf = ([offset, metadata, body]: Block): ArrowBlock => ({ offset, metadata, body })

/** What a batch without rows is made of, for an output whose schema must be written all the same. */
function noRows(columns: readonly ChunkColumn[]): ScoredChunk {
  return {
    chunk: {
      rows: 0,
      columns,
      values: columns.map(() => []),
      textCells: false,
      records: null,
      numbers: rowNumbers(1, 0),
      lines: null,
      arrow: null,
      unread: [],
      position: null,
      fraction: null,
    },
    rows: 0,
    kept: new Int32Array(0),
    predictions: null,
    labels: [],
    probabilities: new Float64Array(0),
    refused: [],
  }
}

/** Arrow IPC: `file` with a footer for random access, or `stream`. A chunk is a record batch. */
export function createArrowSink(
  path: string,
  format: 'stream' | 'file',
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
): Sink {
  const file = createPartialFile(path)
  let schema: Buffer = Buffer.alloc(0)
  let written: Buffer = Buffer.alloc(0)
  /** Written at the end where no row was scored; columns that come as Arrow tell their types by their chunks alone. */
  let spare: Buffer | null = null
  const dictionaries: Block[] = []
  const batches: Block[] = []
  const append = async (bytes: Buffer): Promise<Block> => {
    const metadata = 8 + bytes.readInt32LE(4)
    const block: Block = [file.bytes, metadata, bytes.length - metadata]
    await file.append(bytes)
    return block
  }
  const pieces = async (
    columns: [string, Column<unknown>][],
  ): Promise<{ head: Buffer[]; rest: Buffer[] }> => {
    const bytes = tableToIPC(tableFromColumns(columns), { format: 'stream' })
    const head: Buffer[] = []
    const rest: Buffer[] = []
    const whole = (async function* () {
      yield bytes ?? new Uint8Array()
    })()
    for await (const piece of arrowPieces(
      streamFeed(whole, async () => {}),
      path,
    )) {
      ;(piece.kind === 'batch' ? rest : head).push(piece.bytes)
    }
    return { head, rest }
  }
  /** The schema of rows of which none is left. */
  const schemaAlone = async (scored: ScoredChunk): Promise<Buffer> => {
    const columns = arrowColumns(scored, added).map(([name, { type }]): [string, Column<unknown>] => [
      name,
      new Column([], type),
    ])
    return (await pieces(columns)).head[0] ?? Buffer.alloc(0)
  }
  return {
    async open(resume) {
      const kept = await file.open(resume)
      if (kept === null) {
        if (format === 'file') await file.append(fileHead)
        return null
      }
      const found = stateSchema.parse(JSON.parse(kept))
      written = Buffer.from(found.head, 'base64')
      schema = written.subarray(0, found.schemaBytes)
      dictionaries.push(...found.dictionaries)
      batches.push(...found.batches)
      return found.state
    },
    async write(scored) {
      if (scored.rows === 0) {
        if (schema.length === 0) spare ??= await schemaAlone(scored)
        return
      }
      const { head, rest } = await pieces(arrowColumns(scored, added))
      const [first = Buffer.alloc(0), ...tables] = head
      const same = Buffer.concat(head)
      if (schema.length === 0) {
        schema = first
        await append(first)
      }
      if (!same.equals(written)) {
        if (format === 'file' && written.length > 0) {
          throw new Failure(
            'invalid-input',
            `${path} is an Arrow file, which cannot hold the dictionaries of the input: they change between its batches.`,
            'Name the output .arrows for an Arrow stream, which can.',
          )
        }
        for (const table of tables) dictionaries.push(await append(table))
        written = same
      }
      for (const batch of rest) batches.push(await append(batch))
    },
    commit: (state) =>
      file.commit(
        JSON.stringify({
          state,
          head: written.toString('base64'),
          schemaBytes: schema.length,
          dictionaries,
          batches,
        }),
      ),
    async finish() {
      if (schema.length === 0) {
        // An input of no rows comes in no chunks.
        schema = spare ?? (await schemaAlone(noRows(columns)))
        await append(schema)
      }
      await file.append(endOfStream)
      if (format === 'file') {
        const footer = arrowFooter(schema.subarray(8), dictionaries.map(blockOf), batches.map(blockOf))
        const tail = Buffer.alloc(10)
        tail.writeInt32LE(footer.length, 0)
        tail.write('ARROW1', 4, 'latin1')
        await file.append(Buffer.concat([footer, tail]))
      }
      await file.finish()
    },
    abandon: (keep) => file.abandon(keep),
  }
}
