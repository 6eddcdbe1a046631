import type { TrainSpec } from '../notebook/train-spec.ts'
import type { ModelVersion } from './version.ts'

/** What a version was trained with: the best setting of its search where it has one, with the search beside it. */
export function trainedSpec({ spec, search }: Pick<ModelVersion, 'spec' | 'search'>): TrainSpec {
  return search ? { ...spec, ...search.spec } : spec
}
