import type { Constraints } from '../../../shared/signature/constraints.ts'
import type { SignatureColumn } from '../../../shared/signature/signature.ts'
import { rowColumn, stagedColumn } from '../../../shared/transforms/chain-sql.ts'
import { isWholeType, type TransformInput } from '../../../shared/transforms/transform-plan.ts'
import type { Session } from '../../data/database.ts'
import { parts, splitTable } from '../split-rows.ts'
import { sourceRow } from '../take-snapshot.ts'
import { stagingTable } from './stage-input.ts'

const mostValues = 1_000

/** The training rows of the staged input. */
const trainingRows = `from ${stagingTable} i join ${splitTable} s on i.${rowColumn} = s.${sourceRow} where s.part = ${parts.train}`

async function columnOf(
  session: Session,
  input: TransformInput,
  staged: string,
  constraints: Constraints | undefined,
): Promise<SignatureColumn> {
  const column = `i.${staged}`
  const [row] = await session.rows(
    `select count(*) filter (${column} is null)::double as missing, min(${column}) as low, max(${column}) as high ${trainingRows}`,
  )
  // The user's own constraints go before what the training rows had.
  const missing = constraints?.missing ?? Number(row?.missing) > 0
  const common = {
    name: input.name,
    sourceType: input.type,
    required: constraints?.required ?? !missing,
    missing,
    ...(constraints ? { constraints } : {}),
  }
  switch (input.carried) {
    case 'boolean':
      return { ...common, type: 'boolean' }
    case 'numeric': {
      const range = row?.low === null ? {} : { min: Number(row?.low), max: Number(row?.high) }
      return { ...common, type: 'numeric', integer: isWholeType(input.type), ...range }
    }
    case 'categorical': {
      if (input.type !== 'VARCHAR') return { ...common, type: 'categorical' }
      const found = await session.rows(
        `select ${column} as v, count(*) as n ${trainingRows} and ${column} is not null
         group by 1 order by n desc, v limit ${mostValues + 1}`,
      )
      // More than that are free text rather than categories.
      const values = found.length > mostValues ? {} : { values: found.map((one) => String(one.v)) }
      return { ...common, type: 'categorical', ...values }
    }
  }
}

/** What a request carries: the asked columns of the serving input, as the training rows have them. */
export async function servingColumns(
  session: Session,
  inputs: readonly TransformInput[],
  constraints: ReadonlyMap<string, Constraints>,
): Promise<SignatureColumn[]> {
  const columns: SignatureColumn[] = []
  for (const [index, input] of inputs.entries()) {
    if (input.asked)
      columns.push(await columnOf(session, input, stagedColumn(index), constraints.get(input.name)))
  }
  return columns
}
