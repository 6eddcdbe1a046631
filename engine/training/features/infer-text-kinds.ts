import { quote, type Session } from '../../data/database.ts'

/** What a column of text holds: one of some categories, free text, or timestamps written out. */
export type TextKind = 'category' | 'text' | 'timestamp'

const lookedAt = 10_000
const columnsAtATime = 50

function kindOf(present: number, distinct: number, words: number, times: number): TextKind {
  if (present === 0) return 'category'
  if (times === present) return 'timestamp'
  // Sentences: several words each, and hardly one like the other.
  return words / present >= 4 && distinct / present >= 0.5 ? 'text' : 'category'
}

/** Looks at the first rows of text columns; a train cell's own "type" goes before what they seem to hold. */
export async function inferTextKinds(
  session: Session,
  quotedRelation: string,
  names: readonly string[],
): Promise<Map<string, TextKind>> {
  const kinds = new Map<string, TextKind>()
  for (let from = 0; from < names.length; from += columnsAtATime) {
    const some = names.slice(from, from + columnsAtATime)
    const select = some.map((name, i) => {
      const column = quote(name)
      return `count(${column})::double as p${i}, count(distinct ${column})::double as d${i},
        coalesce(sum(length(${column}) - length(replace(${column}, ' ', '')) + 1), 0)::double as w${i},
        count(*) filter (regexp_matches(${column}, '^\\d{4}-\\d\\d-\\d\\d') and try_cast(${column} as timestamp) is not null)::double as t${i}`
    })
    const listed = some.map((name) => `cast(${quote(name)} as varchar) as ${quote(name)}`).join(', ')
    const [row] = await session.rows(
      `select ${select.join(', ')} from (select ${listed} from ${quotedRelation} limit ${lookedAt})`,
    )
    for (const [i, name] of some.entries()) {
      const of = (key: string) => Number(row?.[`${key}${i}`])
      kinds.set(name, kindOf(of('p'), of('d'), of('w'), of('t')))
    }
  }
  return kinds
}
