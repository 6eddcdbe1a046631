/** Catches names from data that the contract's carriers lose between the window and the engine. */
import { StandardRPCJsonSerializer } from '@orpc/client/standard'
import { expect, test } from 'vitest'
import { customJsonSerializers } from './json-serializers.ts'

test('an object whose names come from data arrives as it was sent', () => {
  const serializer = new StandardRPCJsonSerializer({ customJsonSerializers })
  const rows = JSON.parse(
    '[{"__proto__": {"__proto__": 1, "b": null}, "constructor": "x", "at": 2}, {"a": 1}]',
  )
  rows[0].at = new Date(5)
  const [json, meta] = serializer.serialize(rows)
  const arrived = serializer.deserialize(JSON.parse(JSON.stringify(json)), JSON.parse(JSON.stringify(meta)))
  expect(JSON.stringify(arrived)).toBe(JSON.stringify(rows))
  expect(arrived).toEqual(rows)
})
