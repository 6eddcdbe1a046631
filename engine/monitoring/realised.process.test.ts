/** Feedback, by which predictions are found to have been right or wrong. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogEntry } from '../../shared/drift/log-entry.ts'
import { churnModel } from './testing/churn-traffic.ts'
import { startCountingEndpoint } from './testing/counting-endpoint.ts'
import { type MonitoringFixture, minute, noon, openMonitoringFixture } from './testing/monitoring-fixture.ts'

let on: MonitoringFixture
beforeEach(async () => {
  on = await openMonitoringFixture()
})
afterEach(() => on.close())

test('feedback is joined to predictions and gives the realised metrics', async () => {
  const { model } = churnModel
  const prediction = (cursor: number, id: string, label: string, p: number): LogEntry => ({
    type: 'prediction',
    cursor,
    id,
    at: noon - minute,
    model,
    prediction: label,
    probabilities: [1 - p, p],
  })
  const feedback = (cursor: number, id: string, actual: string): LogEntry => ({
    type: 'feedback',
    cursor,
    id,
    at: noon - 1000,
    actual,
  })
  on.endpoint.log = [
    prediction(1, 'p1', 'Yes', 0.9),
    prediction(2, 'p2', 'No', 0.2),
    prediction(3, 'p3', 'Yes', 0.6),
    prediction(4, 'p4', 'No', 0.4),
    feedback(5, 'p1', 'Yes'),
    feedback(6, 'p2', 'No'),
    feedback(7, 'p3', 'No'),
    feedback(8, 'p4', 'No'),
    feedback(9, 'p4', 'Yes'),
    feedback(10, 'never-predicted', 'Yes'),
  ]
  const { realised, totals } = await on.monitoring.state('shop', 10)
  expect(totals.feedback).toBe(5)
  expect(realised.n).toBe(4)
  expect(realised.metrics).toMatchObject({ accuracy: 0.5, precision: 0.5, recall: 0.5, auc: 0.75 })
  expect(realised.metrics.logLoss).toBeCloseTo(
    -(Math.log(0.9) + Math.log(0.8) + Math.log(0.4) + Math.log(0.4)) / 4,
    9,
  )
})

test('the fleet says how right each deployment was, and hears of outcomes that come later', async () => {
  const { model } = churnModel
  const right = async () => (await on.monitoring.fleet())[0]?.realised
  const told = (cursor: number, id: string, actual: string): LogEntry => ({
    ...{ type: 'feedback', cursor, id, actual, at: noon - 1000 },
  })
  const predicted = (cursor: number, id: string, p: number): LogEntry => ({
    ...{ type: 'prediction', cursor, id, at: noon - minute, model, prediction: p > 0.5 ? 'Yes' : 'No' },
    probabilities: [1 - p, p],
  })
  on.endpoint.log = [predicted(1, 'p1', 0.9), predicted(2, 'p2', 0.2), predicted(3, 'p3', 0.3)]
  await on.monitoring.pull('shop')
  expect(await right()).toBeNull()
  // Of one class alone there is no curve, so that the share that was right stands in.
  on.endpoint.log.push(told(4, 'p1', 'Yes'))
  await on.monitoring.pull('shop')
  expect(await right()).toEqual({ metric: 'accuracy', value: 1, n: 1 })
  on.endpoint.log.push(told(5, 'p2', 'Yes'), told(6, 'p3', 'No'))
  await on.monitoring.pull('shop')
  expect(await right()).toEqual({ metric: 'auc', value: 0.5, n: 3 })
})

test('feedback counts that another replica took, the latest where several did', async () => {
  const { model } = churnModel
  const sibling = await startCountingEndpoint(churnModel)
  on.listed.push({ ...on.deployment, name: 'sibling', endpoint: sibling.url })
  const predicted = (cursor: number, id: string): LogEntry => ({
    ...{ type: 'prediction', cursor, id, at: noon - minute, model, prediction: 'Yes' },
    probabilities: [0.1, 0.9],
  })
  const told = (cursor: number, id: string, actual: string, at: number): LogEntry => ({
    ...{ type: 'feedback', cursor, id, actual, at },
  })
  try {
    on.endpoint.log = [predicted(1, 'a1'), predicted(2, 'a2'), told(3, 'a2', 'No', noon - 9000)]
    sibling.log = [predicted(1, 'b1'), told(2, 'a1', 'Yes', noon - 5000), told(3, 'a2', 'Yes', noon - 4000)]
    await on.monitoring.pull('sibling')
    const { realised } = await on.monitoring.state('shop', 10)
    expect(realised).toMatchObject({ n: 2, metrics: { accuracy: 1 } })
    expect((await on.monitoring.state('sibling', 10)).realised.n).toBe(0)
  } finally {
    await sibling.close()
  }
})
