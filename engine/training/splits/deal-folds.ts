/** All of it happens inside the database: no row comes out. */
import { Failure } from '../../../shared/failure.ts'
import type { Split } from '../../../shared/notebook/split-spec.ts'
import type { Session } from '../../data/database.ts'
import type { OpenedData } from '../open-data.ts'
import { seededHash } from '../seeded-hash.ts'
import { quota, rowsUpTo, splitTable } from '../split-rows.ts'

/**
 * The rows of the split dealt into folds, with `fold`, `v` and `u` beside the columns of `splitTable`. `v` and `u` are
 * even between 0 and 1 within each fold and class: rows below a share of `v` validate, those above a share of `u` are
 * left out where a search trains on part of the rows.
 */
export const foldsTable = 'temp.slipway_folds'

export interface FoldsRequest {
  /** 1 holds out `split.test` of the rows once. */
  folds: number
  seed: number
  /** Rows of `splitTable` that are dealt; a search leaves the test rows alone. */
  rows: 'all' | 'not tested'
  /** The key of the cell that asks, for messages. */
  path: 'crossValidation' | 'search'
}

/** SQL of a row's part when `fold` is held out, training on a share of the other rows. */
export type PartOfFold = (fold: number, share: number) => string

function refuse(message: string, whatToDo: string, path: string): Failure {
  return new Failure('invalid-input', message, whatToDo, path)
}

/** Rows are dealt one by one: to all folds in turn, or the first of them to fold 0 until it holds the test share. */
function turn(folds: number, order: string, split: Split, partition = '', rows = 'count(*) over ()'): string {
  const placed = `row_number() over (${partition} order by ${order}) - 1`
  if (folds > 1) return `(${placed}) % ${folds}`
  const held = `greatest(1, least(round(${rows} * ${split.test}), ${rows} - 1))`
  return `case when ${placed} < ${held} then 0 else 1 end`
}

function evenly(within: string, seed: number, of = 'n'): string {
  const over = `over (partition by ${within}`
  return `(row_number() ${over} order by ${seededHash(seed, of)}, ${of}) - 0.5) / count(*) ${over})`
}

/**
 * scikit-learn's sizes: folds differ by one row, and with classes by one row of each class, because the rows are
 * sorted by class before they are dealt in turn.
 */
function dealtRows(
  source: string,
  { folds, seed }: FoldsRequest,
  split: Split,
  isStratified: boolean,
): string {
  const order = `${seededHash(seed, 'n')}, n`
  const fold = !isStratified
    ? turn(folds, order, split)
    : folds > 1
      ? turn(folds, `y, ${order}`, split)
      : turn(1, order, split, 'partition by y', 'count(*) over (partition by y)')
  const within = isStratified ? 'fold, y' : 'fold'
  return `select *, ${evenly(within, seed + 1)} as v, ${evenly(within, seed + 2)} as u
    from (select *, ${fold} as fold from ${source})`
}

/** Groups are dealt from large to small, those within a factor of two shuffled, forth and back over the folds. */
function dealtGroups(source: string, { folds, seed }: FoldsRequest, split: Split): string {
  const order = `${seededHash(seed, 's')}, s`
  const placed =
    folds > 1
      ? `case when (r // ${folds}) % 2 = 0 then r % ${folds} else ${folds - 1} - r % ${folds} end`
      : `case when r = 0 or (mid <= total * ${split.test} and r < groups - 1) then 0 else 1 end`
  const sorted = folds > 1 ? `floor(log2(size)) desc, ${order}` : order
  return `with sized as (select s, count(*) as size from ${source} group by s),
    ordered as (select s, row_number() over (order by ${sorted}) - 1 as r, count(*) over () as groups,
                       sum(size) over () as total, sum(size) over (order by ${sorted}) - size / 2.0 as mid from sized),
    dealt as (select s, ${placed} as fold from ordered),
    shared as (select *, ${evenly('fold', seed + 1, 's')} as v from dealt)
    select r.*, d.fold, d.v, ${evenly('d.fold', seed + 2)} as u from (${source}) r join shared d on r.s = d.s`
}

/** Blocks in time: block 0 is only trained on, block i + 1 is fold i's test, as in scikit-learn's TimeSeriesSplit. */
function dealtTimes(source: string, { folds, seed }: FoldsRequest, split: Split, rows: number): string {
  const size = folds > 1 ? Math.floor(rows / (folds + 1)) : quota(rows, split).test
  const cuts = Array.from({ length: folds }, (_, i) => `(o > ${rows - (folds - i) * size})::integer`)
  return `select *, o / ${rows}.0 as v, ${evenly('fold', seed + 2)} as u
    from (select *, ${cuts.join(' + ')} - 1 as fold from (select *, ${rowsUpTo} as o from (${source})))`
}

/** Every class must be there to train on in every fold, and with two classes both to test on. */
async function checkFolds(
  session: Session,
  opened: OpenedData,
  request: FoldsRequest,
  part: PartOfFold,
): Promise<void> {
  const { resolved, target } = opened
  const classes = resolved.classes.length
  for (let fold = 0; fold < request.folds; fold++) {
    const [found] = await session.rows(
      `select count(*) filter (part = 0)::double as train, count(*) filter (part = 2)::double as test,
              count(distinct y) filter (part = 0)::double as trained, count(distinct y) filter (part = 2)::double as tested
       from (select y, ${part(fold, 1)} as part from ${foldsTable})`,
    )
    const [train, test] = [Number(found?.train), Number(found?.test)]
    if (train === 0 || test === 0) {
      throw refuse(
        `${request.path}: fold ${fold + 1} of ${request.folds} has no rows to ${train === 0 ? 'train' : 'test'} on; rows of one ${opened.split.method} stay together.`,
        'Use fewer "folds".',
        `${request.path}.folds`,
      )
    }
    if (classes === 0) continue
    const [trained, tested] = [Number(found?.trained), Number(found?.tested)]
    if (trained === classes && (resolved.task !== 'binary' || tested === 2)) continue
    throw refuse(
      `${request.path}: fold ${fold + 1} of ${request.folds} has ${trained < classes ? `${trained} of ${classes} classes of target "${target.name}" to train on` : 'one class to test on'}.`,
      opened.split.method === 'random'
        ? 'Use "split": {"method": "stratified"}, or fewer "folds".'
        : 'Use fewer "folds", or more rows of the rare class.',
      `${request.path}.folds`,
    )
  }
}

/**
 * Deals the rows into folds by the split's method: stratified by class, whole groups, or blocks that follow in time.
 * The same rows and seed give the same folds.
 *
 * @throws Failure naming `folds` where there are too few rows, groups, times or rows of a class
 */
export async function dealFolds(
  session: Session,
  opened: OpenedData,
  request: FoldsRequest,
): Promise<PartOfFold> {
  const { split, resolved } = opened
  const { folds, path } = request
  const source = `(select * exclude (part) from ${splitTable} ${request.rows === 'all' ? '' : 'where part <> 2'})`
  const [sized] = await session.rows(
    `select count(*)::double as n, count(distinct ${split.column === null ? 'y' : 's'})::double as keys from ${source}`,
  )
  const rows = Number(sized?.n)
  const least = Math.max(2, split.method === 'time' ? folds + 1 : folds)
  const refuseFew = (found: number, what: string) => {
    if (found >= least) return
    throw refuse(
      `${path}: ${folds} folds need at least ${least} ${what}; there are ${found}.`,
      'Use fewer "folds".',
      `${path}.folds`,
    )
  }
  refuseFew(rows, 'rows')
  if (split.column !== null) refuseFew(Number(sized?.keys), `different values of "${split.column}"`)
  if (split.method === 'stratified') {
    const counted = await session.rows(
      `select y::integer as y, count(*)::double as n from ${source} group by y order by n`,
    )
    const rarest = counted[0]
    const label = resolved.classes[Number(rarest?.y)]?.label
    if (rarest && Number(rarest.n) < least) {
      throw refuse(
        `${path}: ${folds} stratified folds need at least ${least} rows of each class; class ${JSON.stringify(label)} has ${Number(rarest.n)}.`,
        'Use fewer "folds", or merge the class with another in the SQL cell.',
        `${path}.folds`,
      )
    }
  }
  const dealt =
    split.method === 'time'
      ? dealtTimes(source, request, split, rows)
      : split.method === 'group'
        ? dealtGroups(source, request, split)
        : dealtRows(source, request, split, split.method === 'stratified')
  await session.run(
    `create or replace temp table ${foldsTable.replace('temp.', '')} as select * from (${dealt}) order by n`,
  )
  const part = await partOfFold(session, split)
  await checkFolds(session, opened, request, part)
  return part
}

async function partOfFold(session: Session, { method, validation }: Split): Promise<PartOfFold> {
  const isLeftOut = (share: number) => (share < 1 ? `when u > ${share} then 3` : '')
  if (method !== 'time') {
    return (fold, share) =>
      `case when fold = ${fold} then 2 ${isLeftOut(share)} when v < ${validation} then 1 else 0 end`
  }
  const found = await session.rows(
    `select fold::integer as fold, max(v) as v from ${foldsTable} group by fold`,
  )
  const ends = new Map(found.map((row) => [Number(row.fold), Number(row.v)]))
  return (fold, share) => {
    const end = Math.max(0, ...[...ends].filter(([of]) => of < fold).map(([, v]) => v))
    return `case when fold = ${fold} then 2 when fold > ${fold} then 3 ${isLeftOut(share)}
      when v > ${end * (1 - validation)} then 1 else 0 end`
  }
}
