import { type Target, targetSchema } from '../../shared/bundle/manifest.ts'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'

/**
 * The target of a bundle: what was asked for, else any platform; with SQL transforms, which need DuckDB's native code,
 * this machine's.
 *
 * @throws Failure `invalid-input` when transforms are to run anywhere
 */
export function chooseTarget(
  { name, version, transforms }: Pick<ModelVersion, 'name' | 'version' | 'transforms'>,
  asked: Target | undefined,
  host = `${process.platform}-${process.arch}`,
): Target {
  if (!transforms) return asked ?? 'any'
  if (asked !== undefined && asked !== 'any') return asked
  const own = targetSchema.safeParse(host)
  if (asked === undefined && own.success) return own.data
  throw new Failure(
    'invalid-input',
    `${name} version ${version} has SQL transforms, which DuckDB runs by native code; a bundle for "any" has JavaScript and WebAssembly only.`,
    `Package it for a platform, such as --target ${own.success ? own.data : 'linux-x64'}.`,
    'target',
  )
}
