import { describe, expect, test } from 'vitest'
import { metadataChangesSchema } from '../../../../shared/catalog/catalog-event.ts'
import { type AboutNow, aboutChanges, aboutDraft, draftProblem } from './about-draft.ts'

const owner = { key: 'owner', value: 'risk', description: 'Who answers for it', category: 'Other' } as const
const now: AboutNow = {
  tags: ['eu', 'old'],
  customMetadata: [owner],
  record: { task: 'binary' },
  oci: {
    displayName: 'churn 3',
    description: '',
    taxonomy: {
      UseCaseType: 'binary_classification',
      Framework: 'Slipway',
      FrameworkVersion: '1',
      Algorithm: 'logistic regression',
      Hyperparameters: '{}',
      ArtifactTestResults: '{}',
    },
    freeformTags: { team: 'a', stage: 'trial' },
  },
}

test('a draft that was not touched changes nothing', () => {
  expect(aboutChanges(now, aboutDraft(now))).toEqual({})
})

test('only what differs is written, and what is gone is removed', () => {
  const draft = {
    ...aboutDraft(now),
    description: 'Monthly',
    tags: ['eu', 'new'],
    freeform: [
      { key: ' team ', value: 'b' },
      { key: 'cost', value: '7' },
    ],
    custom: [{ key: 'reviewer', value: 'ana', description: '', category: 'Other' as const }],
  }
  const changes = aboutChanges(now, draft)
  expect(changes).toEqual({
    description: 'Monthly',
    addTags: ['new'],
    removeTags: ['old'],
    setFreeform: { team: 'b', cost: '7' },
    removeFreeform: ['stage'],
    setCustom: draft.custom,
    removeCustom: ['owner'],
  })
  expect(metadataChangesSchema.parse(changes)).toEqual(changes)
})

test('the use case that the task says is kept as none chosen', () => {
  const chosen = { ...aboutDraft(now), useCase: 'anomaly_detection' as const }
  expect(aboutChanges(now, chosen)).toEqual({ useCaseType: 'anomaly_detection' })
  const other = {
    ...now,
    oci: { ...now.oci, taxonomy: { ...now.oci.taxonomy, UseCaseType: 'anomaly_detection' as const } },
  }
  expect(aboutChanges(other, aboutDraft(now))).toEqual({ useCaseType: null })
})

describe('a draft that cannot be saved says why', () => {
  test('a key that is empty', () => {
    expect(draftProblem({ ...aboutDraft(now), freeform: [{ key: ' ', value: 'x' }] })).toMatch(
      /freeform tag has no key/,
    )
  })
  test('a key that is there twice', () => {
    expect(draftProblem({ ...aboutDraft(now), custom: [owner, { ...owner, value: 'y' }] })).toMatch(
      /owner is there twice/,
    )
  })
})
