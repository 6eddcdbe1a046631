import {
  filterModels,
  type ModelFilter,
  type SortOrder,
  sortModels,
} from '../../../../shared/catalog/filter-models.ts'
import type { ModelSummary } from '../../../../shared/contract/models.ts'
import type { Task } from '../../../../shared/signature/signature.ts'

export interface ModelGroup {
  readonly name: string
  readonly task: Task
  /** In the order asked for; by name, the newest first. */
  readonly versions: readonly ModelSummary[]
}

/** Groups the versions that fit the filter by model. The models stand in the order of their first versions. */
export function groupModels(
  versions: readonly ModelSummary[],
  filter: ModelFilter,
  order: SortOrder,
): ModelGroup[] {
  const groups = new Map<string, ModelSummary[]>()
  for (const version of sortModels(filterModels(versions, filter), order)) {
    const group = groups.get(version.name)
    if (group === undefined) groups.set(version.name, [version])
    else group.push(version)
  }
  return [...groups].map(([name, members]) => ({ name, task: members[0]!.task, versions: members }))
}
