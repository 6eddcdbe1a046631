/** All of it happens inside the database: one pass over a sample of the rows for each feature. */
import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { quote, type Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import type { Resolved } from '../resolve-task.ts'
import { splitTable } from '../split-rows.ts'

/** At most so many rows to learn from and to check on; `n` is a seeded shuffle, so the first are a sample. */
const mostRows = 100_000
const bins = 64
/** From here on a feature is said to give the target away. */
const thresholds = { binary: 0.99, multiclass: 0.98, regression: 0.99 } as const
const fewestChecked = 10

/**
 * A feature's values as a few keys: categories as they are, numbers by their quantile on the training rows; missing
 * values are a key of their own, because where they are missing may tell the answer.
 */
function keySql(column: string, feature: FeatureColumn): string {
  if (!isNumeric(feature)) return `${column}::varchar`
  return `case when ${column} is null then null else list_count(list_filter(e.edges, x -> x < ${column}))::varchar end`
}

function source(column: string, feature: FeatureColumn, limit: number): string {
  const rows = `select ${column}, y, part = 0 as trained from ${splitTable} where n < ${limit}`
  const fractions = Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins).join(', ')
  const edges = isNumeric(feature)
    ? `(select list_distinct(quantile_disc(${column}, [${fractions}])) as edges from rows where trained)`
    : '(select 1 as edges)'
  return `with rows as materialized (${rows}), e as materialized ${edges},
    keyed as (select ${keySql(column, feature)} as k, ${isNumeric(feature) ? column : 'null::double'} as x, y, trained from rows, e)`
}

function isNumeric({ type }: FeatureColumn): boolean {
  return type === 'numeric' || type === 'timestamp'
}

/** The area under the curve of a score in column `s` over a table `scored(s, y)`, ties counting half (Mann and Whitney). */
const aucSql = `(select (sum(p * (below + neg / 2.0))) / nullif(sum(p) * sum(neg), 0) from (
    select p, neg, sum(neg) over (order by s) - neg as below from (
      select s, count(*) filter (y = 1) as p, count(*) filter (y = 0) as neg from scored group by s)))`

/**
 * How well the target is predicted on rows outside the training split by what the feature alone says on the training
 * rows: for two classes the AUC, for more the share of the errors of always guessing the same that it avoids, for a
 * number R². Null where too few rows can tell.
 */
export async function strengthOf(
  session: Session,
  column: string,
  feature: FeatureColumn,
  { task }: Pick<Resolved, 'task'>,
  limit: number = mostRows,
): Promise<number | null> {
  const head = source(column, feature, limit)
  const sql = {
    // The better of the mean answer by key, and, for a number, of its own order, turned as on the training rows.
    binary: `${head}, means as (select k, avg(y) as m from keyed where trained group by k),
      scored as (select coalesce(m, (select avg(y) from keyed where trained)) as s, y
        from keyed left join means on keyed.k is not distinct from means.k where not trained)
      select ${aucSql} as figure, (select count(*) from scored)::double as checked`,
    multiclass: `${head}, votes as (select k, arg_max(y, c) as m from (select k, y, count(*) as c from keyed where trained group by k, y) group by k),
      usual as (select mode(y) as m from keyed where trained),
      scored as (select coalesce(votes.m, usual.m) = y as hit, usual.m = y as naive
        from keyed left join votes on keyed.k is not distinct from votes.k, usual where not trained)
      select (avg(hit::integer) - avg(naive::integer)) / nullif(1 - avg(naive::integer), 0) as figure, count(*)::double as checked from scored`,
    regression: `${head}, means as (select k, avg(y) as m from keyed where trained group by k),
      line as (select regr_slope(y, x) as b, regr_intercept(y, x) as a, avg(y) as mean from keyed where trained),
      scored as (select y, coalesce(m, mean) as s, coalesce(a + b * x, mean) as l
        from keyed left join means on keyed.k is not distinct from means.k, line where not trained)
      select greatest(1 - sum((y - s) ** 2) / nullif(var_pop(y) * count(*), 0), 1 - sum((y - l) ** 2) / nullif(var_pop(y) * count(*), 0)) as figure,
        count(*)::double as checked from scored`,
  }[task]
  const [found] = await session.rows(sql)
  if (found?.figure === null || found?.figure === undefined || Number(found.checked) < fewestChecked)
    return null
  const byKey = Number(found.figure)
  if (task !== 'binary' || !isNumeric(feature)) return byKey
  const [ordered] = await session.rows(
    `with rows as (select ${column} as s, y, part = 0 as trained from ${splitTable} where n < ${limit} and ${column} is not null),
      learned as (with scored as (select s, y from rows where trained) select ${aucSql} as auc),
      checked as (with scored as (select s, y from rows where not trained) select ${aucSql} as auc),
      present as (select count(*) / nullif((select count(*) from ${splitTable} where n < ${limit}), 0) as share from rows)
      select case when learned.auc < 0.5 then 1 - checked.auc else checked.auc end as auc, share from learned, checked, present`,
  )
  // An order says nothing of rows without a value.
  if (ordered?.auc === null || Number(ordered?.share) < 0.99) return byKey
  return Math.max(byKey, Number(ordered?.auc))
}

function figureText(task: Resolved['task'], figure: number): string {
  const shown = figure.toFixed(4)
  if (task === 'binary') return `an AUC of ${shown}`
  if (task === 'regression') return `an R² of ${shown}`
  return `${(figure * 100).toFixed(1)} % of the errors of always guessing the most frequent class avoided`
}

export async function checkSingleFeature(
  session: Session,
  column: string,
  feature: FeatureColumn,
  resolved: Resolved,
  target: string,
): Promise<LeakageWarning | null> {
  const figure = await strengthOf(session, column, feature, resolved)
  if (figure === null || figure < thresholds[resolved.task]) return null
  return {
    kind: 'single-feature',
    column: feature.name,
    message: `Column "${feature.name}" alone predicts "${target}" nearly perfectly: ${figureText(resolved.task, figure)} on rows it has not seen.`,
    whatToDo: `Check that ${quote(feature.name)} is known before the answer is. If it is a result of it, put it in features.exclude.`,
    figure: Math.min(1, figure),
  }
}
