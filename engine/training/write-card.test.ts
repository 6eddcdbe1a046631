import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { sampleVersion } from '../../shared/bundle/testing/sample-version.ts'
import type { TrainedRecord } from '../../shared/catalog/version.ts'
import { writeCard } from './write-card.ts'

const { record: sample } = sampleVersion({
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  encode: (text) => new TextEncoder().encode(text),
})
const seen = { min: Date.UTC(2025, 0, 1), max: Date.UTC(2026, 5, 30, 23, 59) }
const record: TrainedRecord = {
  ...sample,
  created: '2026-11-30T14:05:59.123Z',
  signature: {
    ...sample.signature,
    inputs: [
      { name: 'since', type: 'timestamp', sourceType: 'TIMESTAMP', required: false, missing: true, ...seen },
    ],
  },
}

it('tells times to the minute in UTC, so that a card reads and is the same everywhere', () => {
  const card = writeCard(record, { kind: 'logistic' }, {})
  expect(card).toContain(', 2026-11-30 14:05 UTC\n')
  expect(card).toContain('| since | timestamp | 2025-01-01 00:00 UTC to 2026-06-30 23:59 UTC | accepted |')
  expect(writeCard(record, { kind: 'logistic' }, {})).toBe(card)
})
