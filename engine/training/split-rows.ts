import { Failure } from '../../shared/failure.ts'
import type { Split } from '../../shared/notebook/train-spec.ts'
import type { Session } from '../data/database.ts'
import type { Resolved } from './resolve-task.ts'
import { snapshotTable, targetLiteral } from './take-snapshot.ts'

/** The snapshot with `y` (class index or number) and `part`; rows of a part are read in the order of `n`. */
export const rowsTable = 'temp.slipway_rows'

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

async function stratify(session: Session, split: Split, resolved: Resolved, target: string): Promise<void> {
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
  await session.run(
    `create temp table ${rowsTable} as
     select s.* exclude (r), case when r <= q.test then 2 when r <= q.held then 1 else 0 end as part
     from (select *, row_number() over (partition by y order by n) as r from (${withTarget(resolved)})) s
     join (values ${quotas.join(', ')}) q(y, test, held) on s.y = q.y`,
  )
}

function withTarget({ classes }: Resolved): string {
  if (classes.length === 0) return `select *, t as y from ${snapshotTable}`
  const values = classes.map((one) => targetLiteral(one.value)).join(', ')
  return `select *, list_position([${values}], t) - 1 as y from ${snapshotTable}`
}

/** Refuses a random split that leaves a class out of the rows to train on, or one class alone to test. */
async function checkClasses(session: Session, resolved: Resolved, target: string): Promise<void> {
  const { classes, task } = resolved
  if (classes.length === 0) return
  const [found] = await session.rows(
    `select count(distinct y) filter (part = 0)::double as train,
            count(distinct y) filter (part = 2)::double as test from ${rowsTable}`,
  )
  const train = Number(found?.train)
  const test = Number(found?.test)
  if (train === classes.length && (task !== 'binary' || test === 2)) return
  const where =
    train < classes.length ? `${train} of ${classes.length} classes to train on` : 'one class to test on'
  throw new Failure(
    'invalid-input',
    `The random split of target "${target}" has ${where}.`,
    'Use "split": {"method": "stratified"}, or more rows of the rare class.',
    'split',
  )
}

/** Assigns every row of the snapshot to train, validation or test. */
export async function splitRows(
  session: Session,
  split: Split,
  resolved: Resolved,
  rows: number,
  target: string,
): Promise<SplitCounts> {
  if (split.method === 'stratified') {
    await stratify(session, split, resolved, target)
  } else {
    const { test, validation } = quota(rows, split)
    await session.run(
      `create temp table ${rowsTable} as
       select *, case when n < ${test} then 2 when n < ${test + validation} then 1 else 0 end as part
       from (${withTarget(resolved)})`,
    )
    await checkClasses(session, resolved, target)
  }
  await session.run(`drop table ${snapshotTable}`)
  const counted = await session.rows(`select part, count(*)::double as n from ${rowsTable} group by part`)
  const countOf = (part: number) => Number(counted.find((row) => Number(row.part) === part)?.n ?? 0)
  return { train: countOf(0), validation: countOf(1), test: countOf(2) }
}
