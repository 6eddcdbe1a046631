/** Catches a record batch that is read into memory however large it says that it is. */
import { tableFromArrays, tableToIPC } from '@uwdata/flechette'
import { expect, it } from 'vitest'
import { arrowPieces } from './arrow-messages.ts'
import { streamFeed } from './byte-feed.ts'

async function kindsOf(bytes: Uint8Array): Promise<string[]> {
  const whole = (async function* () {
    yield bytes
  })()
  const kinds: string[] = []
  for await (const { kind } of arrowPieces(
    streamFeed(whole, async () => {}),
    'rows.arrows',
  )) {
    kinds.push(kind)
  }
  return kinds
}

it('refuses a record batch that is too large by its size, with the limit and what to do', async () => {
  const bytes = Buffer.from(
    tableToIPC(tableFromArrays({ a: new Float64Array(1_001) }), { format: 'stream' }) ?? [],
  )
  expect(await kindsOf(bytes)).toEqual(['schema', 'batch'])
  // The length of its body, padded to eights, stands in the message's metadata.
  const stated = bytes.indexOf(Buffer.from(BigInt64Array.of(8_008n).buffer))
  expect(stated).toBeGreaterThan(0)
  bytes.writeBigInt64LE(3n << 30n, stated)
  await expect(kindsOf(bytes)).rejects.toMatchObject({
    message: 'rows.arrows has a record batch of 3072 MB, expected 1024 MB at most: a batch is held whole.',
    whatToDo: 'Write it in smaller record batches, such as with max_chunksize=65536 of pyarrow.',
  })
})
