/** Catches Arrow columns that lose their type or a value on the way through, whole or with rows taken out. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import {
  bool,
  dictionary,
  float64,
  int32,
  int64,
  list,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette'
import { expect, it } from 'vitest'
import { loadModel } from '../bundle/load-model.ts'
import { writeBundle } from '../testing/write-bundle.ts'
import { scoreFile } from './score-file.ts'

it('passes Arrow through Arrow in its own types, of streams and files, also where rows are taken out', async () => {
  const bundle = await writeBundle('binary')
  const folder = await mkdtemp(join(os.tmpdir(), 'slipway-arrow-'))
  try {
    const model = await loadModel(bundle.folder)
    const { rows, predictions } = bundle.sample
    const all = Array.from({ length: 90 }, (_, i) => i)
    const of = (name: string) => all.map((i) => rows[i % rows.length]?.[name] ?? null)
    const types = {
      key: int64(),
      at: timestamp(2, 'UTC'),
      tags: list(utf8()),
      tenure: int32(),
      charges: float64(),
      contract: dictionary(utf8(), int32()),
      payment: utf8(),
      partner: bool(),
    }
    for (const [bad, format] of [
      [false, 'file'],
      [true, 'file'],
      [true, 'stream'],
    ] as const) {
      const table = tableFromArrays(
        {
          key: all.map((i) => (i % 7 === 3 ? null : 9007199254740993n + BigInt(i))),
          at: all.map((i) => 1_700_000_000_000 + i),
          tags: all.map((i) => [`a${i}`, 'b']),
          tenure: of('tenure').map((value, i) => (bad && i % 5 === 2 ? null : value)),
          charges: of('charges'),
          contract: of('contract'),
          payment: of('payment'),
          partner: of('partner'),
        },
        { types, maxBatchRows: 40 },
      )
      const name = join(folder, `in-${bad}-${format}.${format === 'file' ? 'arrow' : 'arrows'}`)
      const output = name.replace('in-', 'out-')
      await writeFile(name, tableToIPC(table, { format }) ?? new Uint8Array())
      const kept = all.filter((i) => !bad || i % 5 !== 2)
      expect(await scoreFile(model, name, output)).toMatchObject({ rows: kept.length, bad: 90 - kept.length })
      const found = tableFromIPC(new Uint8Array(await readFile(output)), { useBigInt: true })
      expect(found.schema.fields.slice(0, 8).map(({ type }) => type.typeId)).toEqual(
        table.schema.fields.map(({ type }) => type.typeId),
      )
      const before = tableFromIPC(tableToIPC(table, { format: 'stream' }) ?? new Uint8Array(), {
        useBigInt: true,
      })
      for (const column of Object.keys(types)) {
        const values = Array.from(before.getChild(column).toArray())
        expect(Array.from(found.getChild(column).toArray())).toEqual(kept.map((i) => values[i]))
      }
      expect(Array.from(found.getChild('prediction').toArray())).toEqual(
        kept.map((i) => predictions[i % rows.length]),
      )
    }
  } finally {
    await bundle.remove()
    await rm(folder, { recursive: true, force: true })
  }
})
