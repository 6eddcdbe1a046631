import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { targetSchema } from '../../../shared/bundle/manifest.ts'
import { decodeJson } from '../../../shared/decode.ts'

/** A platform that a bundle can carry its own Node for. */
export const nativeTargetSchema = targetSchema.exclude(['any'])
export type NativeTarget = z.infer<typeof nativeTargetSchema>

const lockedFileSchema = z.strictObject({
  /** Path inside the package. */
  from: z.string(),
  /** Path inside the bundle. */
  to: z.string().startsWith('runtime/'),
  bytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  executable: z.boolean(),
})
export type LockedFile = z.infer<typeof lockedFileSchema>

const lockedPackageSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  /** Of the packed package, as the lockfile has it (Subresource Integrity). */
  integrity: z.string().startsWith('sha512-'),
  license: z.string(),
  files: z.array(lockedFileSchema).min(1),
})
export type LockedPackage = z.infer<typeof lockedPackageSchema>

/** What a bundle's `runtime/` can be made of: Node itself, DuckDB for transforms in SQL, ONNX Runtime for its models. */
export const runtimeParts = ['node', 'duckdb', 'onnx'] as const
export type RuntimePart = (typeof runtimeParts)[number]

/** The file `resources/runtimes/locked.json`, written by `scripts/lock-runtimes.ts`. */
export const lockedRuntimesSchema = z.strictObject({
  format: z.literal(1),
  packages: z.partialRecord(z.enum(runtimeParts), z.partialRecord(nativeTargetSchema, lockedPackageSchema)),
})
export type LockedRuntimes = z.infer<typeof lockedRuntimesSchema>

export async function readLockedRuntimes(path: string): Promise<LockedRuntimes> {
  return decodeJson(lockedRuntimesSchema, await readFile(path, 'utf8'), path)
}
