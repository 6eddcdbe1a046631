import { Failure } from '../../../shared/failure.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { AnalysedCell } from '../analyse-cell.ts'

/** The version that a reference points to, as `churn:4`; null where it points to none. */
export async function versionOf(catalog: Catalog, reference: string): Promise<string | null> {
  try {
    const { name, version } = await catalog.resolve(reference)
    return `${name}:${version}`
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}

/** The model versions that a notebook's cells read, by the names they read them by. */
export interface ModelReferences {
  /** Looks where references point that are new. */
  read(cells: readonly AnalysedCell[]): Promise<void>
  /** Looks where all of them point. @returns the cells for which that is elsewhere than at the last look */
  again(cells: readonly AnalysedCell[]): Promise<{ id: string; reason: string }[]>
  /** Per cell, what each of its references points to. */
  versions(): ReadonlyMap<string, readonly string[]>
}

export function createModelReferences(
  resolve: (reference: string) => Promise<string | null>,
): ModelReferences {
  let known = new Map<string, string | null>()
  let byCell = new Map<string, string[]>()
  const referencesOf = ({ cell, names }: AnalysedCell) => ({
    id: cell.id,
    references: names.uses
      .filter((symbol) => symbol.startsWith('model:'))
      .map((symbol) => symbol.slice('model:'.length)),
  })
  /** @returns where the references pointed before */
  const look = async (cells: readonly AnalysedCell[], keep: boolean) => {
    const read = cells.map(referencesOf).filter(({ references }) => references.length > 0)
    const before = known
    const now = new Map<string, string | null>()
    for (const reference of new Set(read.flatMap(({ references }) => references))) {
      const old = keep ? before.get(reference) : undefined
      now.set(reference, old === undefined ? await resolve(reference) : old)
    }
    known = now
    byCell = new Map(
      read.map(({ id, references }) => [id, references.map((one) => `${one} = ${now.get(one) ?? 'none'}`)]),
    )
    return { before, now, read }
  }
  return {
    versions: () => byCell,
    async read(cells) {
      await look(cells, true)
    },
    async again(cells) {
      const { before, now, read } = await look(cells, false)
      return read.flatMap(({ id, references }) => {
        const moved = references.find((one) => before.has(one) && before.get(one) !== now.get(one))
        if (moved === undefined) return []
        const [old, next] = [before.get(moved) ?? 'nothing', now.get(moved) ?? 'nothing']
        return [{ id, reason: `${moved} was ${old} when it ran; it is ${next} now.` }]
      })
    },
  }
}
