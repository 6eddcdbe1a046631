import type { ModelSummary } from '../../../shared/contract/models.ts'
import type { Task } from '../../../shared/signature/signature.ts'

export interface ModelGroup {
  readonly name: string
  readonly task: Task
  /** Newest first. */
  readonly versions: readonly ModelSummary[]
}

export interface ModelFilter {
  /** Words that the name, an alias, the kind or `v3` must contain, in any order and case. */
  readonly text: string
  readonly task: Task | null
}

/** Groups the catalog's versions by model, keeping what fits the filter. Models by name, versions newest first. */
export function groupModels(versions: readonly ModelSummary[], filter: ModelFilter): ModelGroup[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const groups = new Map<string, ModelSummary[]>()
  for (const version of versions) {
    if (filter.task !== null && version.task !== filter.task) continue
    if (!words.every((word) => searchText(version).includes(word))) continue
    const group = groups.get(version.name)
    if (group === undefined) groups.set(version.name, [version])
    else group.push(version)
  }
  return [...groups]
    .map(([name, members]) => {
      const sorted = members.sort((a, b) => b.version - a.version)
      return { name, task: sorted[0]!.task, versions: sorted }
    })
    .sort((a, b) => a.name.localeCompare(b.name))
}

function searchText(version: ModelSummary): string {
  return [version.name, `v${version.version}`, version.kind, version.task, ...version.aliases]
    .join(' ')
    .toLowerCase()
}
