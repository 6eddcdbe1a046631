/** Recorded from pyarrow by bench/peers/record-arrow.py: catches values that are read otherwise than they were written. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Signature } from '../../../shared/signature/signature.ts'
import { createArrowSource } from '../../batch/sources/arrow-source.ts'
import { arrowRows } from './arrow-rows.ts'
import { decodeLz4Frame, decompress } from './decompress.ts'

const recorded = z
  .object({
    columns: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.boolean(), z.null()]))),
    streams: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'pyarrow-streams.json'), 'utf8')))
const names = Object.keys(recorded.columns)
const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: names.map((name) => ({ name, type: 'numeric', sourceType: 'x', required: true, missing: true })),
  target: { name: 'y', sourceType: 'DOUBLE' },
}
const streams = Object.entries(recorded.streams).map(
  ([codec, text]) => [codec, Buffer.from(text, 'base64')] as const,
)

describe.each(streams)('a stream of pyarrow, compressed by %s', (_, bytes) => {
  it('is read as a request, dates and times to the millisecond', () => {
    const rows = arrowRows(bytes, signature, 1000)
    if (rows.kind !== 'columns') throw new Error('Arrow rows are columns.')
    for (const [name, expected] of Object.entries(recorded.columns)) {
      const found = Array.from(rows.columns[name] ?? [])
      expect([name, found.map((one) => (one instanceof Date ? one.getTime() : one))]).toEqual([
        name,
        expected,
      ])
    }
  })

  it('is read as a file of batch scoring, times as text to their last digit', async () => {
    const folder = await mkdtemp(join(os.tmpdir(), 'slipway-arrow-'))
    try {
      await writeFile(join(folder, 'in.arrows'), bytes)
      const source = createArrowSource(join(folder, 'in.arrows'), { signature, everything: true })
      const found = new Map<string, unknown[]>()
      for await (const chunk of source.chunks(null)) {
        for (const [c, { name }] of chunk.columns.entries()) {
          found.set(name, [...(found.get(name) ?? []), ...Array.from(chunk.values[c] ?? [])])
        }
      }
      await source.close()
      const { a, b, c } = recorded.columns
      expect([found.get('a'), found.get('b'), found.get('c')]).toEqual([a, b, c])
      expect(found.get('money')?.slice(0, 4)).toEqual(['-0.07', '9999.96', '19999.99', null])
      expect(found.get('day')?.slice(0, 3)).toEqual(['1969-12-31', '1970-01-01', '1970-01-01'])
      expect(found.get('us')?.slice(0, 2)).toEqual([
        '1969-12-31 23:59:59.999600',
        '1970-01-01 06:59:59.999601',
      ])
      expect(found.get('ns')?.[1]).toBe('1970-01-01 06:59:59.999601000')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('a damaged buffer', () => {
  /** A frame of one compressed block. */
  const frame = (...block: number[]) =>
    Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, block.length, 0, 0, 0, ...block, 0, 0, 0, 0)

  it('unfolds matches that reach into themselves, and refuses those that reach before the beginning', () => {
    // One literal, then 8 bytes from one before; then the last literal.
    expect([...decodeLz4Frame(frame(0x14, 97, 1, 0, 0x10, 98), 10)]).toEqual([...Buffer.from('aaaaaaaaab')])
    expect(() => decodeLz4Frame(frame(0x14, 97, 2, 0, 0x10, 98), 10)).toThrow('no LZ4 frame')
    expect(() => decodeLz4Frame(frame(0x14, 97, 1, 0, 0x10, 98), 9)).toThrow('no LZ4 frame')
  })

  it('never unfolds beyond what it states, and says what it is not', () => {
    for (const [, bytes] of streams) {
      for (let at = 0; at < bytes.length; at += 509) {
        const broken = Buffer.from(bytes)
        broken[at] = broken[at]! ^ 0x55
        try {
          arrowRows(broken, signature, 1000)
        } catch (error) {
          expect(error).toMatchObject({ status: expect.any(Number) })
        }
      }
    }
    expect(() => decompress('zstd', Uint8Array.of(1, 2, 3), 10)).toThrow('no Zstandard')
    expect(() => decompress('lz4', frame(0x10, 97), 2 ** 40)).toThrow('MB are the limit')
  })
})
