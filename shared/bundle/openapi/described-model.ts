import type { Signature } from '../../signature/signature.ts'

/** What a description is made of. */
export interface DescribedModel {
  name: string
  version: number
  signature: Signature
  /** A recorded row, used as the example. */
  example: Readonly<Record<string, string | number | boolean | null>>
  /** Which bearer tokens the server asks for; a bundle that nobody has started asks for none. */
  asks?: { token: boolean; adminToken: boolean }
}
