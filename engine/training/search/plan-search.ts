import { Failure } from '../../../shared/failure.ts'
import type { SearchSpec } from '../../../shared/notebook/search-spec.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import { gbdtDefaults } from '../gbdt/gbdt-parameters.ts'
import type { Resolved } from '../resolve-task.ts'
import { applyParameters } from './draw-trials.ts'
import { halvingSchedule, type Rung } from './halving-schedule.ts'

/** What each rung gives a candidate: a share of the training rows, or another number of trees or epochs. */
export interface SearchPlan {
  rungs: Rung[]
  resource: 'rows' | 'model.trees' | 'model.epochs' | null
  factor: number
  /** The share of the rows that a resource stands for. */
  shareOf(resource: number): number
  /** A trial's spec with the resource it is given. */
  withResource(spec: TrainSpec, resource: number): TrainSpec
}

function refuse(message: string, whatToDo: string, key: string): Failure {
  return new Failure('invalid-input', `search.${key}: ${message}`, whatToDo, `search.${key}`)
}

function mostOf(search: SearchSpec, spec: TrainSpec, resolved: Resolved, rows: number): number {
  const { resource = 'rows', maxResource } = search
  const { model } = resolved
  if (resource === 'rows') {
    if (maxResource !== undefined && maxResource > rows) {
      throw refuse(
        `${maxResource.toLocaleString('en-US')} rows are asked for; there are ${rows.toLocaleString('en-US')} outside the test split.`,
        'Leave "maxResource" out to use them all.',
        'maxResource',
      )
    }
    return maxResource ?? rows
  }
  if (resource in search.parameters) {
    throw refuse(
      `"${resource}" is given out by the rungs and cannot be searched too.`,
      'Take it out of "parameters", or choose another "resource".',
      'resource',
    )
  }
  const isOfModel = resource === 'model.trees' ? model.kind === 'gbdt' : model.kind !== 'gbdt'
  if (!isOfModel) {
    throw refuse(
      `the model "${model.kind}" has no ${resource === 'model.trees' ? 'trees' : 'epochs'}.`,
      'Use "resource": "rows".',
      'resource',
    )
  }
  const own =
    resource === 'model.trees' ? (spec.model?.kind === 'gbdt' ? spec.model.trees : undefined) : undefined
  const epochs = spec.model && 'epochs' in spec.model ? spec.model.epochs : undefined
  const most = maxResource ?? own ?? (resource === 'model.trees' ? gbdtDefaults.trees : epochs)
  if (most !== undefined) return most
  throw refuse(
    'halving over epochs needs to know the most of them.',
    'Set "maxResource", or "epochs" in "model".',
    'maxResource',
  )
}

/**
 * scikit-learn's least: two rows a fold and class.
 *
 * @throws Failure where a resource that is asked for is less, by which some part of a fold would have nothing to go by
 */
function fewestRows(
  { folds, minResource, maxResource }: SearchSpec,
  { classes }: Resolved,
  rows: number,
): number {
  const fewest = Math.min(rows, 2 * folds * Math.max(1, classes.length))
  for (const [key, asked] of Object.entries({ minResource, maxResource })) {
    if (asked === undefined || asked >= fewest) continue
    const per = `${folds} ${folds === 1 ? 'fold' : 'folds'}${classes.length > 0 ? ` and ${classes.length} classes` : ''}`
    throw refuse(
      `${asked} ${asked === 1 ? 'row is' : 'rows are'} too few; ${per} take at least ${fewest.toLocaleString('en-US')}.`,
      `Set "${key}" to ${fewest} or more, or leave it out.`,
      key,
    )
  }
  return fewest
}

const halvingOnly = ['factor', 'resource', 'minResource', 'maxResource'] as const

/** @throws Failure naming the key of the search that does not fit the model or the rows */
export function planSearch(
  search: SearchSpec,
  spec: TrainSpec,
  resolved: Resolved,
  candidates: number,
  rows: number,
): SearchPlan {
  if (search.method !== 'halving') {
    const extra = halvingOnly.find((key) => search[key] !== undefined)
    if (extra) {
      throw refuse(
        `the method "${search.method}" has no rungs.`,
        'Leave it out, or use "method": "halving".',
        extra,
      )
    }
    return {
      rungs: [{ candidates, resource: rows }],
      resource: null,
      factor: 1,
      shareOf: () => 1,
      withResource: (one) => one,
    }
  }
  const { factor = 3, resource = 'rows', minResource } = search
  const most = mostOf(search, spec, resolved, rows)
  const smallest = resource === 'rows' ? fewestRows(search, resolved, rows) : 1
  if (minResource !== undefined && minResource > most) {
    throw refuse(
      `${minResource} is more than the most, ${most}.`,
      'Use a smaller "minResource".',
      'minResource',
    )
  }
  const least = minResource === undefined ? {} : { least: minResource }
  return {
    rungs: halvingSchedule({ candidates, factor, smallest, most, ...least }),
    resource,
    factor,
    shareOf: (given) => (resource === 'rows' ? given / rows : 1),
    withResource: (one, given) => (resource === 'rows' ? one : applyParameters(one, { [resource]: given })),
  }
}
