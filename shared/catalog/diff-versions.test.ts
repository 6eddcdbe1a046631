import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trainSpecSchema } from '../notebook/train-spec.ts'
import { describeColumnChanges, diffSections, diffVersions } from './diff-versions.ts'
import { modelVersion } from './testing/model-version.ts'
import { searchTable } from './testing/search-table.ts'
import { type ModelVersion, modelVersionSchema } from './version.ts'

const word = fc.stringMatching(/^[a-z]{1,5}$/)
const files = fc.uniqueArray(
  fc.record({ path: word, bytes: fc.nat(99), sha256: fc.constantFrom('a', 'b') }),
  { maxLength: 4, selector: ({ path }) => path },
)
const record: fc.Arbitrary<ModelVersion> = fc
  .record({
    metrics: fc.record(
      { auc: fc.double({ min: 0, max: 1, noNaN: true }), recall: fc.double({ min: 0, max: 1, noNaN: true }) },
      { requiredKeys: [] },
    ),
    files,
    packages: fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true }),
  })
  .map(({ packages, files: of, metrics: { auc, recall } }) => {
    const plain = modelVersion()
    return modelVersion({
      metrics: { ...(auc === undefined ? {} : { auc }), ...(recall === undefined ? {} : { recall }) },
      files: of,
      provenance: { ...plain.provenance, packages },
    })
  })

/** A member of the record that its decoder does not know, or changes, breaks this. */
test('a record is read back from its file as it was written', () => {
  fc.assert(
    fc.property(record, (version) => {
      const written: unknown = JSON.parse(JSON.stringify(version))
      expect(modelVersionSchema.parse(written)).toEqual(written)
    }),
    { numRuns: 40 },
  )
})

test('a version differs from itself in nothing, and two differ both ways alike', () => {
  fc.assert(
    fc.property(record, record, (before, after) => {
      const [there, back] = [diffVersions(before, after), diffVersions(after, before)]
      for (const section of diffSections) {
        expect(diffVersions(before, structuredClone(before))[section]).toEqual([])
        const turned = back[section].map(({ path, before: b, after: a }) => ({ path, before: a, after: b }))
        expect(new Set(there[section].map((d) => JSON.stringify(d)))).toEqual(
          new Set(turned.map((d) => JSON.stringify(d))),
        )
      }
    }),
    { numRuns: 60 },
  )
})

test('columns that vanished between versions, and those that came, are named', () => {
  const withInputs = (...names: string[]) => {
    const rest = { type: 'numeric', sourceType: 'DOUBLE', required: true, missing: true } as const
    const inputs = names.map((name) => ({ name, ...rest }))
    return modelVersion({ signature: { ...modelVersion().signature, inputs } })
  }
  const { columns } = diffVersions(withInputs('tenure', 'charge'), withInputs('charge', 'plan'))
  expect(columns).toEqual({ gone: ['tenure'], added: ['plan'] })
  expect(describeColumnChanges(columns)).toBe('Gone: "tenure". New: "plan".')
  expect(describeColumnChanges({ gone: [], added: [] })).toBeNull()
  const many = Array.from({ length: 25 }, (_, i) => `f${i}`)
  expect(describeColumnChanges({ gone: many, added: [] })).toMatch(/^Gone: "f0", .*"f19" and 5 more\.$/)
})

test('a column that moved is no difference; one value of a column is named by its path', () => {
  const column = (name: string, min: number) =>
    ({ name, type: 'numeric', sourceType: 'DOUBLE', required: true, missing: true, min }) as const
  const withInputs = (...inputs: ReturnType<typeof column>[]) =>
    modelVersion({ signature: { ...modelVersion().signature, inputs } })
  const before = withInputs(column('tenure', 0), column('charge', 1))
  expect(diffVersions(before, withInputs(column('charge', 1), column('tenure', 0))).signature).toEqual([])
  expect(diffVersions(before, withInputs(column('charge', 1), column('tenure', 5))).signature).toEqual([
    { path: 'inputs[tenure].min', before: '0', after: '5' },
  ])
})

test('the best of a search is told from what the other version was trained with, and so is the search', () => {
  const asked = { from: 'features', target: 'churn', model: { kind: 'gbdt', maxDepth: 6 } }
  const before = modelVersion({ spec: trainSpecSchema.parse(asked) })
  const search = { method: 'grid', parameters: { 'model.maxDepth': [3, 6] } }
  const after = modelVersion({
    spec: trainSpecSchema.parse({ ...asked, search }),
    search: {
      ...searchTable(),
      spec: trainSpecSchema.parse({ ...asked, model: { kind: 'gbdt', maxDepth: 3 } }),
    },
  })
  const { spec } = diffVersions(before, after)
  expect(spec).toContainEqual({ path: 'model.maxDepth', before: '6', after: '3' })
  expect(spec).toContainEqual({ path: 'search.parameters.model.maxDepth', before: null, after: '[3,6]' })
})
