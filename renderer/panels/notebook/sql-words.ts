import type { Relation } from '../../../shared/contract/data.ts'

export interface Completion {
  readonly label: string
  readonly kind: 'relation' | 'column' | 'keyword'
  readonly detail: string
  /** What is written: quoted where DuckDB needs it. */
  readonly text: string
}

const keywords = (
  'select from where group by order having limit offset join left right full inner outer cross lateral on using as with recursive ' +
  'union all distinct case when then else end and or not in is null between like ilike exists over partition ' +
  'rows range filter qualify asc desc nulls first last values create replace table view insert into update delete ' +
  'describe summarize pivot unpivot sample exclude cast try_cast count sum avg min max median stddev coalesce nullif round ' +
  'date_trunc extract strftime read_csv read_parquet read_json'
).split(' ')

/** A name as SQL has to write it. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

function quoteQualified(name: string): string {
  return name.split('.').map(quoteName).join('.')
}

/**
 * What may be written next, given the statement's text before the cursor.
 * After `name.` only that relation's columns; else the columns of relations the statement names, relations and keywords.
 */
export function completeSql(
  text: string,
  whole: string,
  relations: readonly Relation[],
): readonly Completion[] {
  const qualifier = /([\w"]+)\.\w*$/.exec(text)?.[1]?.replaceAll('"', '')
  const columnsOf = (relation: Relation): Completion[] =>
    relation.columns.map((column) => ({
      label: column.name,
      kind: 'column',
      detail: `${column.type} · ${relation.name}`,
      text: quoteName(column.name),
    }))
  if (qualifier !== undefined) {
    const before = new RegExp(`([\\w."]+)\\s+(?:as\\s+)?${qualifier}\\b`, 'gi')
    const aliased = new Set([...whole.matchAll(before)].map((match) => match[1]))
    const found = relations.find((relation) => relation.name === qualifier || aliased.has(relation.name))
    if (found) return columnsOf(found)
  }
  const named = relations.filter((relation) =>
    new RegExp(`(^|[^\\w])${relation.name.replace(/[^\w]/g, '.')}($|[^\\w])`, 'i').test(whole),
  )
  return [
    ...named.flatMap(columnsOf),
    ...relations.map(
      (relation): Completion => ({
        label: relation.name,
        kind: 'relation',
        detail: relation.kind,
        text: quoteQualified(relation.name),
      }),
    ),
    ...keywords.map((word): Completion => ({ label: word, kind: 'keyword', detail: '', text: word })),
  ]
}
