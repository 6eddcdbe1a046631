import { expect, test } from 'vitest'
import { displayOutput } from './session-display.ts'

test('objects become a table; numbers keep their digits, those inside an object six of them', () => {
  const rows = [
    { prediction: true, score: 0.7110516417785505, probabilities: { false: 0.2889483582214495, true: 0.71 } },
    { prediction: false, score: 3, probabilities: [1 / 3, 12] },
  ]
  expect(displayOutput(rows)).toEqual({
    type: 'table',
    columns: ['prediction', 'score', 'probabilities'],
    rows: [
      [true, 0.7110516417785505, '{ false: 0.288948, true: 0.71 }'],
      [false, 3, '[ 0.333333, 12 ]'],
    ],
    total: 2,
  })
})

test('an object that holds itself is shown as far as it goes', () => {
  const ring: Record<string, unknown> = { share: 1 / 3 }
  ring.self = ring
  const table = displayOutput([{ ring }])
  expect(table).toMatchObject({ type: 'table', rows: [[expect.stringContaining('share: 0.333333')]] })
})

test('a figure is a chart, html a frame, and nothing shows nothing', () => {
  expect(displayOutput({ data: [{ y: new Float32Array([1, 2]) }] })).toMatchObject({
    type: 'chart',
    figure: { data: [{ y: [1, 2] }], layout: {} },
  })
  expect(displayOutput({ html: '<b>bold</b>' })).toEqual({ type: 'html', html: '<b>bold</b>' })
  expect(displayOutput(undefined)).toBeNull()
})
