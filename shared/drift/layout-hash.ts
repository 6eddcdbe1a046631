import type { Layouts } from './count.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** JSON with sorted keys and no spaces: equal values give equal text. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter((member): member is [string, Json] => member[1] !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}

/**
 * Identifies the bins that counts were made on; counts of another hash must not be merged or compared.
 *
 * @param sha256 hex digest of UTF-8 text, from the platform
 */
export function layoutHash(layouts: Layouts, sha256: (text: string) => string): string {
  return sha256(canonicalJson({ features: [...layouts.features], outputs: [...layouts.outputs] }))
}
