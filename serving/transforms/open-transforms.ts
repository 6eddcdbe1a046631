import { join } from 'node:path'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { openChainRunner } from '../../shared/transforms/chain-runner.ts'
import { chainOf } from '../../shared/transforms/chain-sql.ts'
import { transformFiles, transformPlanSchema } from '../../shared/transforms/transform-plan.ts'
import { createTransforms, type Transforms } from './create-transforms.ts'

export interface TransformsParts {
  folder: string
  signature: Signature
  pipeline: Pipeline
  /** Reads a file that the manifest lists. */
  read(path: string): Promise<Buffer>
}

/**
 * Opens a bundle's transforms: DuckDB from the bundle's `runtime` folder, with the SQL and the lookup tables in it.
 *
 * @throws Failure `failed` when DuckDB or the SQL cannot be loaded here
 */
export async function openTransforms({
  folder,
  signature,
  pipeline,
  read,
}: TransformsParts): Promise<Transforms> {
  const plan = decodeJson(
    transformPlanSchema,
    (await read(transformFiles.plan)).toString(),
    transformFiles.plan,
    'Package the model version anew.',
  )
  const sql = new Map<string, string>()
  for (const { file } of plan.relations) sql.set(file, (await read(file)).toString())
  const lookups = plan.lookups.map(({ relation, file }) => ({ relation, path: join(folder, file) }))
  const chain = chainOf(plan, (file) => sql.get(file) ?? '')
  try {
    const duckdb = await import('@duckdb/node-api')
    return createTransforms(signature, plan, await openChainRunner(duckdb, plan, chain, pipeline, lookups))
  } catch (error) {
    throw new Failure(
      'failed',
      `The SQL transforms cannot be run here: ${error instanceof Error ? error.message : String(error)}`,
      `Package the model for this platform (${process.platform}-${process.arch}).`,
    )
  }
}
