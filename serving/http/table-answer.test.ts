/** The property test catches a format whose numbers, text or nulls differ from JSON's on their way in or out. */
import {
  bool,
  dictionary,
  float64,
  int32,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  utf8,
} from '@uwdata/flechette'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvCell, parseCsv } from '../rows/csv.ts'
import type { AnswerBody } from '../testing/servers-under-test.ts'
import { serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()
const arrow = { stream: 'application/vnd.apache.arrow.stream', file: 'application/vnd.apache.arrow.file' }
type Value = string | number | boolean | null
type Row = Record<string, Value>

const missing = <T>(of: fc.Arbitrary<T>) => fc.option(of, { freq: 5 })
const text = fc.oneof(
  fc.constantFrom('One year', '001', 'a"b,c\r\nd'),
  fc.string({ unit: 'grapheme', minLength: 1 }),
)
const row = fc.record<Row>({
  tenure: fc.integer({ min: 0, max: 100 }),
  charges: missing(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  contract: text,
  payment: missing(text),
  partner: fc.boolean(),
})
const names = ['tenure', 'charges', 'contract', 'payment', 'partner']
const types = {
  tenure: int32(),
  charges: float64(),
  contract: utf8(),
  payment: dictionary(utf8(), int32()),
  partner: bool(),
}

const csvOf = (rows: readonly Row[]) =>
  [names, ...rows.map((one) => names.map((name) => (one[name] === null ? '' : String(one[name]))))]
    .map((cells) => `${cells.map(csvCell).join(',')}\n`)
    .join('')
function arrowOf(rows: readonly Row[], format: 'stream' | 'file'): Buffer {
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((one) => one[name])]))
  return Buffer.from(tableToIPC(tableFromArrays(columns, { types }), { format }) ?? [])
}

async function ask(url: string, body: string | Buffer, type: string, accept = 'application/json') {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type, accept },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, type: answer.headers.get('content-type'), bytes }
}
const json = ({ bytes }: { bytes: Buffer }): AnswerBody => JSON.parse(bytes.toString())

describe.each(['binary', 'multiclass', 'regression'] as const)('a %s model', (task) => {
  it('answers CSV and Arrow, in and out, with the numbers of JSON', async () => {
    const url = await start(task)
    const classes = bundles[task].sample.signature.target.classes ?? []
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
        const own = json(await ask(`${url}/predict`, JSON.stringify(rows), 'application/json'))
        const expected = [own.prediction, own.probabilities]
        const bodies = [
          ['text/csv', csvOf(rows)],
          [arrow.stream, arrowOf(rows, 'stream')],
          [arrow.file, arrowOf(rows, 'file')],
        ] as const
        for (const [type, body] of bodies) {
          const found = json(await ask(`${url}/predict`, body, type))
          expect([type, found.prediction, found.probabilities]).toEqual([type, ...expected])
          const mlflow = json(await ask(`${url}/invocations`, body, type))
          expect(mlflow).toEqual({ predictions: own.prediction })
        }
        const table = await ask(`${url}/predict`, arrowOf(rows, 'stream'), arrow.stream, 'text/csv')
        expect(table.type).toBe('text/csv; charset=utf-8')
        const [header, ...cells] = parseCsv(table.bytes.toString())
        const probabilities = classes.map((label) => `probability_${label}`)
        expect(header).toEqual(['prediction', ...probabilities, 'id'])
        expect(cells.map(([prediction]) => prediction)).toEqual(own.prediction.map(String))
        for (const [k, label] of classes.entries()) {
          expect(cells.map((line) => Number(line[k + 1]))).toEqual(
            own.probabilities.map((one) => one[String(label)]),
          )
        }
        for (const format of ['stream', 'file'] as const) {
          const answer = await ask(`${url}/predict`, csvOf(rows), 'text/csv', arrow[format])
          expect(answer.type).toBe(arrow[format])
          const columns = tableFromIPC(new Uint8Array(answer.bytes)).toColumns()
          expect(Object.keys(columns)).toEqual(['prediction', ...probabilities, 'id'])
          expect(Array.from(columns.prediction ?? [])).toEqual(own.prediction)
          for (const label of classes) {
            expect(Array.from(columns[`probability_${label}`] ?? [])).toEqual(
              own.probabilities.map((one) => one[String(label)]),
            )
          }
        }
      }),
      { numRuns: 12 },
    )
  })
})

describe('bodies that are tables', () => {
  it('are refused by row and column as JSON is, and by what is wrong with their form', async () => {
    const url = await start()
    const [first] = bundles.binary.sample.rows as [Row]
    const bad = { ...first, tenure: 'abc' }
    const header = names.join(',')
    const cases: [string, string | Buffer, number, string][] = [
      ['text/csv', csvOf([first, bad]), 400, '"row":1,"column":"tenure"'],
      ['text/csv', `${header}\n"1`, 400, 'The body is not CSV'],
      ['text/csv', 'tenure\n1\n', 400, 'Required columns are missing: \\"charges\\"'],
      ['text/csv', `${header},tenure\n`, 400, 'is there twice'],
      ['text/csv', `${header}\n`, 400, 'has no rows'],
      [arrow.stream, 'no arrow', 400, 'Arrow'],
      [arrow.stream, arrowOf([first], 'stream').subarray(0, 200), 400, 'Arrow'],
      [arrow.file, '', 400, 'no body'],
      ['application/xml', '<a/>', 415, 'application/xml'],
    ]
    for (const [type, body, status, message] of cases) {
      const answer = await ask(`${url}/predict`, body, type)
      expect([type, message, answer.status]).toEqual([type, message, status])
      expect(answer.bytes.toString()).toContain(message)
    }
  })

  it('over the row limit are refused with 413', async () => {
    const url = await start('binary', { rowsPerRequest: 3 })
    const rows = bundles.binary.sample.rows.slice(0, 4) as Row[]
    for (const [type, body] of [
      ['text/csv', csvOf(rows)],
      [arrow.stream, arrowOf(rows, 'stream')],
      ['application/json', JSON.stringify(rows)],
    ] as const) {
      const answer = await ask(`${url}/predict`, body, type)
      expect([type, answer.status, json(answer).error.code]).toEqual([type, 413, 'too_large'])
    }
  })
})
