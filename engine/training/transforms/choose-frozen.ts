import { Failure } from '../../../shared/failure.ts'
import { plainExpression } from './expression-text.ts'
import type { Chain, ChainCell } from './read-chain.ts'
import type { Finding, Freezable } from './row-locality.ts'

export interface ChosenStatistic extends Freezable {
  readonly cell: ChainCell
  readonly expression: string
}

function refusal({ cell }: ChainCell, finding: Finding, servingInput: string, more: number): Failure {
  const rest = more === 0 ? '' : ` There ${more === 1 ? 'is 1 more' : `are ${more} more`} like it.`
  const move = `move it into a cell upstream of servingInput "${servingInput}"`
  const text = JSON.stringify(finding.expression)
  return new Failure(
    'invalid-input',
    `The cell ${cell} has ${finding.expression}, which ${finding.why}; a request must get the same answer whatever rows come with it.${rest}`,
    finding.freezable
      ? `Freeze it at its value over the training rows, by "freeze": [${text}] (or true, for all of them) in the train cell; or ${move}.`
      : `Make it a fitted statistic that can be frozen, such as avg(x) over (), or a table of its own that is joined; or ${move}.`,
    finding.freezable ? 'freeze' : 'servingInput',
  )
}

/**
 * The expressions to freeze, after refusing all others that look beyond their row.
 *
 * @throws Failure `invalid-input` naming the cell, the expression and the ways out
 */
export function chooseFrozen(
  chain: Chain,
  freeze: boolean | readonly string[] | undefined,
): ChosenStatistic[] {
  const wanted = Array.isArray(freeze) ? new Map(freeze.map((text) => [plainExpression(text), text])) : null
  const used = new Set<string>()
  const chosen: ChosenStatistic[] = []
  const refused: [ChainCell, Finding][] = []
  for (const cell of chain.cells) {
    for (const finding of cell.findings) {
      const plain = plainExpression(finding.expression)
      if (finding.freezable && (freeze === true || wanted?.has(plain))) {
        used.add(plain)
        chosen.push({ ...finding.freezable, cell, expression: finding.expression })
      } else refused.push([cell, finding])
    }
  }
  const [first] = refused
  if (first) throw refusal(first[0], first[1], chain.servingInput, refused.length - 1)
  for (const [plain, text] of wanted ?? []) {
    if (used.has(plain)) continue
    const there = chain.cells.flatMap(({ findings }) => findings.map(({ expression }) => expression))
    throw new Failure(
      'invalid-input',
      `freeze names ${text}, which the SQL from "${chain.servingInput}" on does not have.`,
      there.length > 0 ? `What can be frozen there is ${there.join(', ')}.` : 'Leave it out.',
      'freeze',
    )
  }
  return chosen
}
