import { Failure } from '../../../shared/failure.ts'
import { sourceKind } from '../../../shared/features/source-kind.ts'
import { parseTimestamp } from '../../../shared/signature/parse-timestamp.ts'
import { literal, quote, type Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { checkPatterns } from './check-patterns.ts'

const columnsAtATime = 50

function thousands(count: number): string {
  return count.toLocaleString('en-US')
}

/** SQL that is true of a value outside of the user's constraints, and the constraint in words; null where it has none. */
export function outsideSql(
  column: string,
  { type, spec }: FeatureColumn,
): { sql: string; words: string } | null {
  const { min, max, integer, values, missing } = spec.constraints ?? {}
  const bound = (value: number | string) => (typeof value === 'number' ? value : (parseTimestamp(value) ?? 0))
  const parts: [string, string][] = []
  if (min !== undefined) parts.push([`${column} < ${bound(min)}::double`, `at least ${min}`])
  if (max !== undefined) parts.push([`${column} > ${bound(max)}::double`, `at most ${max}`])
  if (integer && type === 'numeric') parts.push([`${column} <> floor(${column})`, 'whole'])
  if (values) parts.push([`${column} not in (${values.map(literal).join(', ')})`, 'one of its "values"'])
  if (missing === false) parts.push([`${column} is null`, 'present'])
  if (parts.length === 0) return null
  return { sql: parts.map(([sql]) => sql).join(' or '), words: parts.map(([, words]) => words).join(' and ') }
}

interface Found {
  infinite: number
  unread: number
  odd: number
  outside: number
}

function selectSql(column: string, i: number, feature: FeatureColumn): string {
  const { type, sourceType } = feature
  const count = (condition: string | null, key: string) =>
    `${condition === null ? '0' : `count(*) filter (${condition})::double`} as ${key}${i}`
  const kind = sourceKind(sourceType)
  const isNumber = type === 'timestamp' || kind === 'float'
  return [
    `count(${column})::double as p${i}`,
    // The ends tell whether there is anything to count.
    isNumber
      ? `coalesce(isinf(max(${column})) or isinf(min(${column})), false)::double as e${i}`
      : `0 as e${i}`,
    count(type === 'boolean' ? `${column} not in (0, 1)` : null, 'o'),
    count(outsideSql(column, feature)?.sql ?? null, 'c'),
  ].join(', ')
}

/** Refuses features that cannot be learned from: nothing but missing, infinite, or not of their type. */
export async function checkFeatures(
  session: Session,
  table: string,
  features: readonly FeatureColumn[],
  rows: number,
  columnOf: (index: number) => string,
): Promise<void> {
  const checks: (() => void)[] = []
  const blank: FeatureColumn[] = []
  for (let from = 0; from < features.length; from += columnsAtATime) {
    const some = features.slice(from, from + columnsAtATime)
    const select = some.map((feature, i) => selectSql(columnOf(from + i), i, feature)).join(', ')
    const [row] = await session.rows(`select ${select} from ${table}`)
    for (const [i, feature] of some.entries()) {
      const of = (key: string) => Number(row?.[`${key}${i}`])
      if (of('p') === 0) blank.push(feature)
      const found: Found = { infinite: 0, unread: 0, odd: of('o'), outside: of('c') }
      if (of('e') > 0) {
        const column = columnOf(from + i)
        const [ends] = await session.rows(
          `select count(*) filter (${column} = 'inf'::double)::double as above,
                  count(*) filter (${column} = '-inf'::double)::double as below from ${table}`,
        )
        // Below, a time stands for a text that is none.
        found.infinite = Number(ends?.above) + (feature.type === 'timestamp' ? 0 : Number(ends?.below))
        found.unread = feature.type === 'timestamp' ? Number(ends?.below) : 0
      }
      checks.push(() => checkFeature(feature, found, rows, columnOf(from + i)))
    }
  }
  checkBlank(blank, rows)
  for (const check of checks) check()
  await checkPatterns(session, table, features, rows, columnOf)
}

const mostNamed = 20

/** All of them at once: exports often have many columns that nobody filled in. */
function checkBlank(blank: readonly FeatureColumn[], rows: number): void {
  const [first] = blank
  if (first === undefined) return
  const names = blank.map(({ name }) => JSON.stringify(name))
  if (names.length === 1) {
    throw new Failure(
      'invalid-input',
      `Column ${names[0]} is missing in all ${thousands(rows)} rows.`,
      `Put ${names[0]} in features.exclude.`,
      `features.columns.${first.name}`,
    )
  }
  const named = names.slice(0, mostNamed).join(', ')
  const more = names.length > mostNamed ? ` and ${thousands(names.length - mostNamed)} more` : ''
  throw new Failure(
    'invalid-input',
    `${thousands(names.length)} columns are missing in all ${thousands(rows)} rows: ${named}${more}.`,
    'Put them in features.exclude, or name those to learn from in features.include.',
    'features',
  )
}

function checkFeature(feature: FeatureColumn, found: Found, rows: number, column: string): void {
  const { name } = feature
  const refuse = (message: string, whatToDo: string) =>
    new Failure('invalid-input', message, whatToDo, `features.columns.${name}`)
  if (found.unread > 0) {
    throw refuse(
      `Column "${name}" has ${thousands(found.unread)} texts that are no date or time.`,
      `Set "type": "categorical" or "text", or convert it in the SQL cell: strptime(${quote(name)}, '…').`,
    )
  }
  if (found.infinite > 0) {
    throw refuse(
      `Column "${name}" has ${thousands(found.infinite)} infinite ${found.infinite === 1 ? 'value' : 'values'}; training needs finite numbers.`,
      `Make them null in the SQL cell: case when isfinite(${quote(name)}) then ${quote(name)} end.`,
    )
  }
  if (found.odd > 0) {
    throw refuse(
      `Column "${name}" is to be boolean, but has values other than 0 and 1.`,
      'Leave out its "type", or convert it in the SQL cell.',
    )
  }
  if (found.outside > 0) {
    const words = outsideSql(column, feature)?.words ?? ''
    throw refuse(
      `Column "${name}" is to be ${words}, but ${thousands(found.outside)} of ${thousands(rows)} rows are not.`,
      'Change its constraints, or leave those rows out in the SQL cell.',
    )
  }
}
