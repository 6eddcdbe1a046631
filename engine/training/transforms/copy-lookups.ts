import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { TransformPlan } from '../../../shared/transforms/transform-plan.ts'
import { literal, quoteRelation, type Session } from '../../data/database.ts'

/** Of all lookup tables of a version, as Parquet. Serving holds them in memory. */
export const mostLookupBytes = 100_000_000

export interface CopiedLookups {
  readonly lookups: TransformPlan['lookups']
  readonly files: ReadonlyMap<string, Uint8Array>
}

export function fileName(relation: string): string {
  return relation.replace(/[^A-Za-z0-9_-]/g, '_')
}

/**
 * Copies relations as Parquet; DuckDB streams them to disk, so that only what fits the limit is ever read back.
 *
 * @param mostBytes of all of them together
 * @throws Failure `invalid-input` naming the relation that goes beyond it
 */
export async function copyLookups(
  session: Session,
  relations: readonly string[],
  mostBytes = mostLookupBytes,
): Promise<CopiedLookups> {
  const lookups: TransformPlan['lookups'] = []
  const files = new Map<string, Uint8Array>()
  if (relations.length === 0) return { lookups, files }
  const folder = await mkdtemp(join(os.tmpdir(), 'slipway-lookups-'))
  let total = 0
  try {
    for (const [index, relation] of relations.entries()) {
      const path = join(folder, `${index}.parquet`)
      await session.run(
        `copy (from ${quoteRelation(relation)}) to ${literal(path)} (format parquet, compression zstd)`,
      )
      const { size } = await stat(path)
      total += size
      if (total > mostBytes) {
        const mb = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`
        throw new Failure(
          'invalid-input',
          `The lookup table "${relation}" has ${mb(size)} as Parquet; all lookup tables of a model together may have ${mb(mostBytes)}.`,
          'Keep only the rows and columns that the join needs in a SQL cell of its own, or move the join upstream of servingInput.',
          'servingInput',
        )
      }
      const [counted] = await session.rows(`select count(*)::double as n from read_parquet(${literal(path)})`)
      const plain = `transforms/lookups/${fileName(relation)}.parquet`
      // Names that differ only in what a file's name cannot have.
      const file = files.has(plain) ? plain.replace(/\.parquet$/, `-${index + 1}.parquet`) : plain
      files.set(file, await readFile(path))
      lookups.push({ relation, file, rows: Number(counted?.n), bytes: size })
    }
    return { lookups, files }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
