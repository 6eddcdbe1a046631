/** What the contract's carriers, which make objects by assignment, would lose of a message. */

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects with names from data as keys, one of them `__proto__`, travel as a list of their entries. */
const namedValues = {
  // Numbers below 20 are the library's own.
  type: 20,
  condition: (value: unknown) => isObject(value) && Object.hasOwn(value, '__proto__'),
  serialize: (value: object) => Object.entries(value),
  deserialize(entries: unknown) {
    if (!Array.isArray(entries) || !entries.every((entry) => Array.isArray(entry) && entry.length === 2))
      throw new TypeError('Expected a list of entries.')
    return Object.fromEntries(entries)
  },
}

/** The same on both ends of every carrier. */
export const customJsonSerializers = [namedValues]
