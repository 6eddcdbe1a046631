/** What OCI's model catalog is told of a version is what trained it, and what its requests are held to. */
import { expect, test } from 'vitest'
import { trainSpecSchema } from '../notebook/train-spec.ts'
import { noMetadata } from './model-state.ts'
import { ociDescription } from './oci-description.ts'
import { modelVersion } from './testing/model-version.ts'
import { searchTable } from './testing/search-table.ts'

test('hyperparameters are those of the best of a search', () => {
  const asked = { from: 'features', target: 'churn', model: { kind: 'gbdt', trees: 50, maxDepth: 6 } }
  const spec = trainSpecSchema.parse(asked)
  const best = trainSpecSchema.parse({ ...asked, model: { ...asked.model, maxDepth: 3 } })
  const hyperparametersOf = (record: ReturnType<typeof modelVersion>): unknown =>
    JSON.parse(ociDescription(record, noMetadata).taxonomy.Hyperparameters)
  expect(hyperparametersOf(modelVersion({ spec }))).toEqual({ trees: 50, maxDepth: 6 })
  const searched = modelVersion({ spec, search: { ...searchTable(), spec: best } })
  expect(hyperparametersOf(searched)).toEqual({ trees: 50, maxDepth: 3 })
})

test('the constraints of a column are all told, those of the user among them', () => {
  const column = { type: 'numeric', sourceType: 'INTEGER', required: true, missing: false } as const
  const inputs = [
    { ...column, name: 'tenure', integer: true, min: 1, max: 72, constraints: { min: 0, max: 120 } },
    { ...column, name: 'lines', integer: true, constraints: { integer: true } },
    {
      ...column,
      name: 'plan',
      type: 'categorical' as const,
      missing: true,
      constraints: { values: ['month', 'year'], pattern: '[a-z]+' },
    },
  ]
  const { signature } = modelVersion()
  const { inputSchema } = ociDescription(modelVersion({ signature: { ...signature, inputs } }), noMetadata)
  expect(inputSchema.map(({ domain }) => domain.constraints)).toEqual([
    ['not null', 'whole numbers in training', 'at least 0', 'at most 120'],
    ['not null', 'whole numbers only'],
    ['one of "month", "year"', 'matches [a-z]+'],
  ])
  expect(inputSchema[0]?.domain.stats).toEqual({ min: 1, max: 72 })
})
