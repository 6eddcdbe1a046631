/** All of it happens inside the database: no row comes out. */
import { Failure } from '../../shared/failure.ts'
import type { Split } from '../../shared/notebook/split-spec.ts'
import type { Session } from '../data/database.ts'
import type { Resolved } from './resolve-task.ts'
import { seededHash } from './seeded-hash.ts'
import { snapshotTable, targetLiteral } from './take-snapshot.ts'

/**
 * The rows that features are fitted on and parts are read from: the snapshot's columns of the features, `y` (class
 * index or number) and `part`. A view over `splitTable`, or over the folds of a cross-validation; both lie in the order
 * of `n`, in which parts are read, so that they are sorted once and not at every reading.
 */
export const rowsTable = 'temp.slipway_rows'

/** The snapshot with `y` and `part`, and `s` where the split goes by a column. */
export const splitTable = 'temp.slipway_split'

export const parts = { train: 0, validation: 1, test: 2 } as const
export type PartName = keyof typeof parts
export type SplitCounts = Record<PartName, number>

/** How many of `rows` go where: test rows rounded up as scikit-learn does, at least one row left to train on. */
export function quota(rows: number, split: Pick<Split, 'test' | 'validation'>): SplitCounts {
  const test = Math.min(Math.max(Math.ceil(rows * split.test - 1e-9), 1), rows - 1)
  const validation = Math.min(Math.round((rows - test) * split.validation), rows - test - 1)
  return { train: rows - test - validation, validation, test }
}

function quotaOfClass(rows: number, split: Split): SplitCounts {
  const test = Math.min(Math.max(Math.round(rows * split.test), 1), rows - 1)
  const validation = Math.min(Math.round((rows - test) * split.validation), rows - test - 1)
  return { train: rows - test - validation, validation, test }
}

function stratified(split: Split, resolved: Resolved, target: string): string {
  const { classes } = resolved
  if (classes.length === 0) {
    throw new Failure(
      'invalid-input',
      `A stratified split needs classes, but target "${target}" is a number.`,
      'Use "split": {"method": "random"}.',
      'split.method',
    )
  }
  const rare = classes.find((one) => one.rows < 2)
  if (rare) {
    throw new Failure(
      'invalid-input',
      `Class ${JSON.stringify(rare.label)} of target "${target}" has ${rare.rows} row; a stratified split needs at least 2 of each class.`,
      'Leave the class out or merge it with another in the SQL cell, or use "split": {"method": "random"}.',
      'split.method',
    )
  }
  const quotas = classes.map((one, index) => {
    const { test, validation } = quotaOfClass(one.rows, split)
    return `(${index}, ${test}, ${test + validation})`
  })
  return `select s.* exclude (r), case when r <= q.test then 2 when r <= q.held then 1 else 0 end as part
     from (select *, row_number() over (partition by y order by n) as r from (${withTarget(resolved, split)})) s
     join (values ${quotas.join(', ')}) q(y, test, held) on s.y = q.y`
}

/** What rows are split by, without their features: thousands of them would pass through every window and join. */
function withTarget({ classes }: Resolved, split: Split): string {
  const beside = split.column === null ? '' : ', s'
  if (classes.length === 0) return `select n${beside}, t as y from ${snapshotTable}`
  const values = classes.map((one) => targetLiteral(one.value)).join(', ')
  return `select n${beside}, list_position([${values}], t) - 1 as y from ${snapshotTable}`
}

function random(split: Split, resolved: Resolved, rows: number): string {
  const { test, validation } = quota(rows, split)
  return `select *, case when n < ${test} then 2 when n < ${test + validation} then 1 else 0 end as part
     from (${withTarget(resolved, split)})`
}

/** How many rows are no later than a row: rows of one time have one number, so none of them is parted from the others. */
export const rowsUpTo = 'count(*) over (order by s range between unbounded preceding and current row)'

/** The last rows are tested on, those before them validate; of rows of one time, all go to the later part. */
function byTime(split: Split, resolved: Resolved, rows: number): string {
  const { train, validation } = quota(rows, split)
  return `select * exclude (o), case when o > ${train + validation} then 2 when o > ${train} then 1 else 0 end as part
     from (select *, ${rowsUpTo} as o from (${withTarget(resolved, split)}))`
}

/** Groups in the order of a seeded hash fill the test part, then the validation part; at least one is tested on, one trained on. */
function byGroup(split: Split, resolved: Resolved, rows: number): string {
  const test = rows * split.test
  const held = test + (rows - test) * split.validation
  const order = `order by ${seededHash(split.seed, 's')}, s`
  return `with groups as (
       select s, count(*) as size from ${snapshotTable} group by s
     ), placed as (
       select s, case when r = 1 or (mid <= ${test} and r < groups) then 2
                      when mid <= ${held} and r < groups then 1 else 0 end as part
       from (select s, sum(size) over (${order}) - size / 2.0 as mid, row_number() over (${order}) as r,
                    count(*) over () as groups from groups)
     )
     select r.*, p.part from (${withTarget(resolved, split)}) r join placed p on r.s = p.s`
}

/** Refuses a split that leaves a class out of the rows to train on, or one class alone to test. */
async function checkClasses(
  session: Session,
  { classes, task }: Resolved,
  method: Split['method'],
  target: string,
): Promise<void> {
  if (classes.length === 0) return
  const [found] = await session.rows(
    `select count(distinct y) filter (part = 0)::double as train,
            count(distinct y) filter (part = 2)::double as test from ${splitTable}`,
  )
  const train = Number(found?.train)
  const test = Number(found?.test)
  if (train === classes.length && (task !== 'binary' || test === 2)) return
  const where =
    train < classes.length ? `${train} of ${classes.length} classes to train on` : 'one class to test on'
  throw new Failure(
    'invalid-input',
    `The ${method} split of target "${target}" has ${where}.`,
    method === 'random'
      ? 'Use "split": {"method": "stratified"}, or more rows of the rare class.'
      : `Use ${method === 'group' ? 'another "seed", ' : ''}another "test" share, or more rows of the rare class.`,
    'split',
  )
}

async function checkColumn(session: Session, split: Split, rows: number): Promise<void> {
  if (split.column === null) return
  const [found] = await session.rows(`select count(distinct s)::double as n from ${snapshotTable}`)
  const distinct = Number(found?.n)
  if (distinct >= 2) return
  const one = split.method === 'time' ? 'time' : 'group'
  throw new Failure(
    'invalid-input',
    `Column "${split.column}" has one ${one} for all ${rows.toLocaleString('en-US')} rows; a ${one} split needs at least 2.`,
    split.method === 'time'
      ? 'Name a column whose time differs between rows.'
      : 'Name a column that tells groups apart.',
    'split.column',
  )
}

function partsSql(split: Split, resolved: Resolved, rows: number, target: string): string {
  switch (split.method) {
    case 'stratified':
      return stratified(split, resolved, target)
    case 'random':
      return random(split, resolved, rows)
    case 'time':
      return byTime(split, resolved, rows)
    case 'group':
      return byGroup(split, resolved, rows)
  }
}

/** Assigns every row of the snapshot to train, validation or test, in `splitTable`; drops the snapshot. */
export async function splitRows(
  session: Session,
  split: Split,
  resolved: Resolved,
  rows: number,
  target: string,
): Promise<SplitCounts> {
  await checkColumn(session, split, rows)
  await session.run(
    `create temp table ${splitTable} as select w.*, p.y, p.part from ${snapshotTable} w
     join (${partsSql(split, resolved, rows, target)}) p on w.n = p.n order by w.n`,
  )
  await session.run(`drop table ${snapshotTable}`)
  const counts = await countParts(session, splitTable)
  if (counts.train === 0) {
    throw new Failure(
      'invalid-input',
      `Column "${split.column}" leaves no row to train on: rows of one time stay together, and the earliest time alone reaches into the last ${Math.round((1 - (1 - split.test) * (1 - split.validation)) * 100)} % of the rows.`,
      'Use a column with finer times, or smaller "test" and "validation" shares.',
      'split.column',
    )
  }
  if (split.method !== 'stratified') await checkClasses(session, resolved, split.method, target)
  return counts
}

/** Rows of each part in a table with a column `part`. */
export async function countParts(session: Session, table: string): Promise<SplitCounts> {
  const counted = await session.rows(`select part, count(*)::double as n from ${table} group by part`)
  const countOf = (part: number) => Number(counted.find((row) => Number(row.part) === part)?.n ?? 0)
  return { train: countOf(0), validation: countOf(1), test: countOf(2) }
}
