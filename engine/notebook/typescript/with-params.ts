import { Failure } from '../../../shared/failure.ts'

/** Values from the command line replace the defaults that a cell exports, each read as the default's type. */
export function withParams(
  exported: Record<string, unknown>,
  params: Record<string, unknown>,
): Record<string, unknown> {
  const defaults = exported.params
  if (typeof defaults !== 'object' || defaults === null) return exported
  const merged: Record<string, unknown> = { ...defaults }
  for (const [name, value] of Object.entries(params))
    if (Object.hasOwn(merged, name)) merged[name] = likeDefault(name, value, merged[name])
  return { ...exported, params: merged }
}

function likeDefault(name: string, value: unknown, standard: unknown): unknown {
  if (typeof value !== 'string' || typeof standard === 'string') return value
  const wrong = (expected: string) =>
    new Failure(
      'invalid-input',
      `The parameter ${name} is "${value}"; expected ${expected}.`,
      `Give it as -p ${name}=….`,
    )
  if (typeof standard === 'number') {
    const number = Number(value)
    if (value.trim() === '' || Number.isNaN(number)) throw wrong('a number')
    return number
  }
  if (typeof standard === 'boolean') {
    if (value !== 'true' && value !== 'false') throw wrong('true or false')
    return value === 'true'
  }
  try {
    const parsed: unknown = JSON.parse(value)
    return parsed
  } catch {
    return value
  }
}
