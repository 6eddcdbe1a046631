import { type Target, targetSchema } from '../../shared/bundle/manifest.ts'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import { Failure } from '../../shared/failure.ts'
import type { RuntimePart } from './runtimes/locked.ts'

type NativeRecord = Pick<ModelVersion, 'transforms' | 'provenance'>

const needs = {
  duckdb: 'has SQL transforms, which DuckDB runs',
  onnx: 'is an ONNX model, which ONNX Runtime runs',
}

/** The parts of `runtime/` beside Node that a version's bundles carry: native code, which is of one platform. */
export function nativeParts({ transforms, provenance }: NativeRecord): Exclude<RuntimePart, 'node'>[] {
  const parts: Exclude<RuntimePart, 'node'>[] = []
  if (transforms) parts.push('duckdb')
  if (provenance.imported?.format === 'onnx') parts.push('onnx')
  return parts
}

/**
 * The target of a bundle: what was asked for, else any platform; with SQL transforms or an ONNX model, which need native
 * code, this machine's.
 *
 * @throws Failure `invalid-input` when native code is to run anywhere
 */
export function chooseTarget(
  record: Pick<ModelVersion, 'name' | 'version'> & NativeRecord,
  asked: Target | undefined,
  host = `${process.platform}-${process.arch}`,
): Target {
  const { name, version } = record
  const [needed] = nativeParts(record)
  if (needed === undefined) return asked ?? 'any'
  if (asked !== undefined && asked !== 'any') return asked
  const own = targetSchema.safeParse(host)
  if (asked === undefined && own.success) return own.data
  throw new Failure(
    'invalid-input',
    `${name} version ${version} ${needs[needed]} by native code; a bundle for "any" has JavaScript and WebAssembly only.`,
    `Package it for a platform, such as --target ${own.success ? own.data : 'linux-x64'}.`,
    'target',
  )
}
