import { z } from 'zod'

type NamedValuesDef<V extends z.ZodType> = z.core.$ZodRecordDef<z.ZodString, V>

interface NamedValues<V extends z.ZodType> extends z.ZodRecord<z.ZodString, V> {}

const NamedValues = z.core.$constructor<NamedValues<z.ZodType>, NamedValuesDef<z.ZodType>>(
  'NamedValues',
  (inst, def) => {
    z.ZodRecord.init(inst, def)
    const parseOthers = inst._zod.parse
    inst._zod.parse = (payload, context) => {
      const { value: input } = payload
      const parsed = parseOthers(payload, context)
      if (parsed instanceof Promise) throw new Error('Named values are read at once.')
      if (typeof input !== 'object' || input === null || !Object.hasOwn(input, '__proto__')) return parsed
      const { value } = Object.getOwnPropertyDescriptor(input, '__proto__') as PropertyDescriptor
      const result = def.valueType._zod.run({ value, issues: [] }, context)
      if (result instanceof Promise) throw new Error('Named values are read at once.')
      parsed.issues.push(...z.core.util.prefixIssues('__proto__', result.issues))
      Object.defineProperty(parsed.value, '__proto__', {
        value: result.value,
        configurable: true,
        enumerable: true,
        writable: true,
      })
      return parsed
    }
  },
)

/**
 * Values by names that come from data, such as columns or classes, which may have any name. zod's own record is the
 * same but for the name `__proto__`, which it leaves out without a word.
 */
export function namedValues<V extends z.ZodType>(value: V): z.ZodRecord<z.ZodString, V> {
  const def = { type: 'record', keyType: z.string(), valueType: value } as const
  return new NamedValues(def) as z.ZodRecord<z.ZodString, V>
}
