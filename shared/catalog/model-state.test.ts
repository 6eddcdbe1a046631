import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CatalogEvent, catalogEventSchema, type EventBody } from './catalog-event.ts'
import { metadataCategories } from './custom-metadata.ts'
import { besideRoles } from './deployed-role.ts'
import { testStatuses } from './introspection.ts'
import { foldEvents, metadataOf } from './model-state.ts'
import { useCaseTypes } from './use-case-types.ts'

/** What a member added to an event's type, and forgotten in its decoder or in what the history folds to, breaks. */
const version = fc.integer({ min: 1, max: 4 })
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
const role = fc.option(fc.constantFrom(...besideRoles), { nil: undefined })
const tags = fc.array(word, { maxLength: 3 })
const field = fc.record({
  key: word,
  value: fc.string({ maxLength: 8 }),
  description: fc.string({ maxLength: 8 }),
  category: fc.constantFrom(...metadataCategories),
})
const changes = fc.record(
  {
    displayName: fc.string({ maxLength: 8 }),
    description: fc.string({ maxLength: 8 }),
    useCaseType: fc.option(fc.constantFrom(...useCaseTypes)),
    card: fc.option(fc.string({ maxLength: 8 })),
    addTags: tags,
    removeTags: tags,
    setFreeform: fc.dictionary(word, fc.string({ maxLength: 4 }), { maxKeys: 3, noNullPrototype: true }),
    removeFreeform: tags,
    setCustom: fc.array(field, { maxLength: 3 }),
    removeCustom: tags,
  },
  { requiredKeys: [] },
)
const body: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({
    type: fc.constant('alias' as const),
    alias: word,
    version: fc.option(version),
    from: fc.option(version),
  }),
  fc.record({ type: fc.constant('metadata' as const), version, changes }),
  fc.record({
    type: fc.constant('tested' as const),
    version,
    tests: fc.array(
      fc.record({ name: word, status: fc.constantFrom(...testStatuses), detail: fc.string() }),
      { maxLength: 2 },
    ),
  }),
  fc.record({ type: fc.constant('packaged' as const), version, path: word, target: word }),
  fc.record({
    type: fc.constant('deployed' as const),
    version,
    deployment: word,
    workspace: word,
    role,
    bundle: word,
    endpoint: word,
  }),
  fc.record({
    type: fc.constant('undeployed' as const),
    version,
    deployment: word,
    workspace: word,
    role,
  }),
  fc.record({ type: fc.constant('deleted' as const), version }),
  fc.record({ type: fc.constant('gates' as const), gates: fc.subarray(['auc>=0.8', 'recall>=0.5']) }),
)
const history = fc.array(body, { maxLength: 12 }).map((bodies) =>
  bodies.map(
    (event, at): CatalogEvent => ({
      format: 1,
      sequence: at + 1,
      at: new Date(at * 1000).toISOString(),
      by: 'ana@desk',
      why: '',
      event,
    }),
  ),
)

test('an event is read back from its file as it was written', () => {
  fc.assert(
    fc.property(history, (events) => {
      for (const event of events) {
        const written = JSON.parse(JSON.stringify(event))
        expect(catalogEventSchema.parse(written)).toEqual(event)
        expect(catalogEventSchema.safeParse({ ...written, extra: 1 }).success).toBe(false)
      }
    }),
    { numRuns: 60 },
  )
})

test('a history folds to the same state from its files, and step by step', () => {
  fc.assert(
    fc.property(history, (events) => {
      const read = events.map((event) => catalogEventSchema.parse(JSON.parse(JSON.stringify(event))))
      const state = foldEvents(events)
      expect(foldEvents(read)).toEqual(state)
      // The last word on each counts.
      const aliases = new Map<string, number | null>()
      for (const { event } of events) if (event.type === 'alias') aliases.set(event.alias, event.version)
      expect(state.aliases).toEqual(Object.fromEntries([...aliases].filter(([, to]) => to !== null)))
      const deleted = events.flatMap(({ event }) => (event.type === 'deleted' ? [event.version] : []))
      expect(state.deleted).toEqual(new Set(deleted))
      for (const at of [1, 2, 3, 4]) {
        const { tags: kept, custom } = metadataOf(state, at)
        expect(kept).toEqual([...new Set(kept)].sort())
        expect(custom.map(({ key }) => key)).toEqual([...new Set(custom.map(({ key }) => key))].sort())
      }
    }),
    { numRuns: 60 },
  )
})
