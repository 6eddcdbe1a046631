import type { TransformInput, TransformPlan } from './transform-plan.ts'

/** The column that numbers the rows of the staged input, from 0. */
export const rowColumn = '__slipway_row'

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The column of the staging table that holds an input: DOUBLE for numbers and truth values, VARCHAR for text. */
export function stagedColumn(index: number): string {
  return `c${index}`
}

/** An input as the SQL sees it, over the staging table. */
function inputSql({ name, type, asked, carried }: TransformInput, index: number): string {
  const plain = carried === 'categorical' ? 'VARCHAR' : 'DOUBLE'
  const value = !asked
    ? `null::${type}`
    : type === plain
      ? stagedColumn(index)
      : `${stagedColumn(index)}::${type}`
  return `${value} as ${quoted(name)}`
}

export interface ChainParts {
  inputs: readonly TransformInput[]
  servingInput: string
  /** Each with its SQL as it travels, in order. */
  relations: readonly { relation: string; sql: string }[]
}

/** The chain as one query over the staged rows that `where` leaves. */
export function relationSql(chain: ChainParts, staging: string, where: string, select: string): string {
  const inputs = chain.inputs.map(inputSql).join(', ')
  const queries = [
    `${quoted(chain.servingInput)} as (select ${inputs} from ${staging} where ${where})`,
    ...chain.relations.map(({ relation, sql }) => `${quoted(relation)} as (\n${sql}\n)`),
  ]
  return `with ${queries.join(',\n')}\n${select}`
}

/** The relation that the chain ends in. */
export function lastRelation(chain: ChainParts): string {
  return chain.relations.at(-1)?.relation ?? chain.servingInput
}

/**
 * Runs the chain on every staged row by itself: each row is the whole serving input of its own evaluation (a lateral
 * join), so no row's result can depend on another, and every result carries the number of the row it came from.
 *
 * @param outputs SQL over the last relation, called `f`
 * @returns the row's number, then the outputs; no row where the SQL leaves it out, several where it multiplies it
 */
export function rowByRowSql(chain: ChainParts, staging: string, outputs: readonly string[]): string {
  const own = `${rowColumn} = i.${rowColumn}`
  const query = relationSql(chain, staging, own, `select * from ${quoted(lastRelation(chain))}`)
  return `select ${[`i.${rowColumn}`, ...outputs].join(', ')} from ${staging} i, lateral (\n${query}\n) f`
}

/** The plan's chain with the SQL of its files. */
export function chainOf(plan: TransformPlan, sqlOf: (file: string) => string): ChainParts {
  return {
    inputs: plan.inputs,
    servingInput: plan.servingInput,
    relations: plan.relations.map(({ relation, file }) => ({ relation, sql: sqlOf(file) })),
  }
}
