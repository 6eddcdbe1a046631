import { Failure } from '../../../shared/failure.ts'
import { rowColumn, stagedColumn } from '../../../shared/transforms/chain-sql.ts'
import { carriedAs, type TransformInput } from '../../../shared/transforms/transform-plan.ts'
import { quote, quoteRelation, type Session } from '../../data/database.ts'
import { valueSql } from '../column-kinds.ts'

/** The serving input as requests would carry it: numbers as DOUBLE, text as VARCHAR, in the order of their content. */
export const stagingTable = 'temp.slipway_input'

export interface StagedInput {
  readonly inputs: readonly TransformInput[]
  /** Names of columns that no request can carry, with their types. */
  readonly uncarried: ReadonlyMap<string, string>
  /** What each staged column is in the staging table. */
  readonly types: readonly string[]
}

/**
 * Copies the serving input's rows in the form in which a request's rows reach the SQL, so that training sees what
 * serving sees: NaN as null, ENUM as text, whole numbers as a double holds them.
 */
export async function stageInput(session: Session, servingInput: string): Promise<StagedInput> {
  const relation = quoteRelation(servingInput)
  const described = await session.rows(`describe select * from ${relation}`).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'cancelled') throw error
    throw new Failure(
      'invalid-input',
      `There is no relation "${servingInput}", which servingInput names.`,
      'Name a relation of the workspace, or run the cell that defines it.',
      'servingInput',
    )
  })
  const uncarried = new Map<string, string>()
  const types: string[] = []
  const selected: string[] = []
  const inputs = described.map((row, index): TransformInput => {
    const name = String(row.column_name)
    const sourceType = String(row.column_type)
    const carried = carriedAs(sourceType)
    const text = carried?.carried === 'categorical'
    selected.push(
      `${carried ? valueSql(quote(name), sourceType, text ? 'text' : 'number') : quote(name)} as ${stagedColumn(index)}`,
    )
    types.push(carried ? (text ? 'VARCHAR' : 'DOUBLE') : sourceType)
    if (!carried) uncarried.set(name, sourceType)
    return {
      name,
      type: carried?.type ?? sourceType,
      carried: carried?.carried ?? 'categorical',
      asked: true,
    }
  })
  const order = inputs.map((_, index) => stagedColumn(index)).join(', ')
  await session.run(
    `create temp table ${stagingTable} as
     select row_number() over (order by hash(${order})) - 1 as ${rowColumn}, *
     from (select ${selected.join(', ')} from ${relation})`,
  )
  return { inputs, uncarried, types }
}
