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
import { addedColumns } from './score-chunk.ts'
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

it.each(['arrow', 'arrows'])('writes the schema of an output of no rows as .%s', async (extension) => {
  const bundle = await writeBundle('binary')
  try {
    const model = await loadModel(bundle.folder)
    const [input, output] = [join(bundle.folder, 'in.csv'), join(bundle.folder, `out.${extension}`)]
    await writeFile(input, `${model.signature.inputs.map(({ name }) => name).join(',')}\n`)
    expect(await scoreFile(model, input, output)).toMatchObject({ rows: 0, bad: 0 })
    const found = tableFromIPC(new Uint8Array(await readFile(output)))
    const names = [...model.signature.inputs, ...addedColumns(model)].map(({ name }) => name)
    expect([found.numRows, found.schema.fields.map(({ name }) => name)]).toEqual([0, names])
  } finally {
    await bundle.remove()
  }
})

it.each([
  ['all', 4],
  ['those of the first batch', 2],
])('takes out rows of Arrow into Arrow: %s', async (_, bad) => {
  const bundle = await writeBundle('binary')
  try {
    const model = await loadModel(bundle.folder)
    const columns = model.signature.inputs.map(({ name }) => [
      name,
      Array.from({ length: 4 }, (_, i) =>
        name === 'tenure' && i < bad ? null : (bundle.sample.rows[i]?.[name] ?? null),
      ),
    ])
    const types = { tenure: int32(), contract: dictionary(utf8(), int32()) }
    const table = tableFromArrays(Object.fromEntries(columns), { types, maxBatchRows: 2 })
    const [input, output] = [join(bundle.folder, 'in.arrow'), join(bundle.folder, 'out.arrow')]
    await writeFile(input, tableToIPC(table, { format: 'file' }) ?? new Uint8Array())
    expect(await scoreFile(model, input, output)).toMatchObject({ rows: 4 - bad, bad })
    const found = tableFromIPC(new Uint8Array(await readFile(output)))
    const typeOf = (name: string) => found.schema.fields.find((field) => field.name === name)?.type.typeId
    expect([found.numRows, typeOf('tenure'), typeOf('contract')]).toEqual([
      4 - bad,
      types.tenure.typeId,
      types.contract.typeId,
    ])
  } finally {
    await bundle.remove()
  }
})

it('refuses an Arrow file that was cut off behind a batch, and not a stream that is', async () => {
  const bundle = await writeBundle('binary')
  try {
    const model = await loadModel(bundle.folder)
    const rows = [...bundle.sample.rows, ...bundle.sample.rows]
    const columns = model.signature.inputs.map(({ name }) => [name, rows.map((row) => row[name])])
    const table = tableFromArrays(Object.fromEntries(columns), { maxBatchRows: bundle.sample.rows.length })
    const bytes = Buffer.from(tableToIPC(table, { format: 'file' }) ?? new Uint8Array())
    const end = bytes.indexOf(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]))
    const input = join(bundle.folder, 'cut.arrow')
    await writeFile(input, bytes.subarray(0, end))
    const output = join(bundle.folder, 'out.csv')
    await expect(scoreFile(model, input, output)).rejects.toThrow(
      `${input} is not an Arrow IPC stream or file that can be read: it was cut off before its end.`,
    )
    await writeFile(input, bytes.subarray(8, end))
    expect(await scoreFile(model, input, output)).toMatchObject({ rows: rows.length })
  } finally {
    await bundle.remove()
  }
})
