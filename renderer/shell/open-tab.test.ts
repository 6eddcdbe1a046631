import { expect, it } from 'vitest'
import { openTab, takeTabRequests } from './open-tab.ts'

it('keeps requests in order until the dock takes them, once', () => {
  openTab({ kind: 'model', id: 'churn:1', title: 'churn 1' })
  openTab({ kind: 'fleet', id: 'fleet', title: 'Fleet' })
  expect(takeTabRequests().map((request) => request.id)).toEqual(['churn:1', 'fleet'])
  expect(takeTabRequests()).toEqual([])
})
