import { expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { chartSpecSchema } from './chart-spec.ts'

const read = (value: unknown) => decode(chartSpecSchema, value, 'The chart cell "c"')

test('a chart by columns and a whole Plotly figure are told apart', () => {
  expect(read({ from: 't', type: 'histogram', x: 'a' })).toEqual({
    form: 'built',
    from: 't',
    type: 'histogram',
    x: 'a',
  })
  expect(read({ from: 't', data: [{ type: 'bar' }] })).toEqual({
    form: 'plotly',
    from: 't',
    data: [{ type: 'bar' }],
  })
})

test.each([
  [{ from: 't', type: 'pie', x: 'a' }, /type/],
  [{ from: 't', type: 'bar', x: 'a', colour: 'b' }, /colour/],
  [{ type: 'bar', x: 'a' }, /from/],
  [{ from: 't', type: 'scatter', x: 'a' }, /a scatter chart needs "y"/],
  [{ from: 't', type: 'box', x: 'a' }, /a box chart needs "y"/],
  [{ from: 't', type: 'line', x: 'a' }, /a line chart needs "y", or "aggregate": "count"/],
  [{ from: 't', data: [] }, /data/],
])('%j is refused by name', (spec, message) => {
  expect(() => read(spec)).toThrow(message)
})
