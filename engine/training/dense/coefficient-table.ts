import { assertNever } from '../../../shared/assert-never.ts'
import { inputNames } from '../../../shared/features/assemble-pipeline.ts'
import type { Encoder, Pipeline } from '../../../shared/features/pipeline.ts'
import { twoSidedP, twoSidedQuantile } from '../../../shared/metrics/student-t.ts'
import type { Coefficient, Coefficients } from '../../../shared/models/coefficients.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import type { FittedLine } from './fitted-line.ts'

interface Source {
  column: string | null
  /** Model input per unit of the column; null where the encoder is not a straight line. */
  factor: number | null
}

/** Of the encoder's first input; a number's other inputs, such as that of missing values, are no multiple of it. */
function factorOf(encoder: Encoder): number | null {
  switch (encoder.kind) {
    case 'numeric': {
      const { scale } = encoder
      const isCurve = scale === 'log1p' || scale === 'yeoJohnson' || scale === 'quantile'
      return isCurve ? null : encoder.factor
    }
    case 'boolean':
    case 'ordinal':
      return 1
    case 'bins':
    case 'onehot':
    case 'codes':
    case 'hashing':
    case 'frequency':
    case 'target':
    case 'timestamp':
    case 'text':
      return null
    default:
      return assertNever(encoder)
  }
}

function sourcesOf(pipeline: Pipeline): Source[] {
  return pipeline.columns.flatMap((encoder) =>
    inputNames(encoder).map((_, i) => ({ column: encoder.name, factor: i === 0 ? factorOf(encoder) : null })),
  )
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

/** What a fitted line says per input, with its standard errors, tests and 95 % intervals. */
export function coefficientTable(
  line: FittedLine,
  pipeline: Pipeline,
  signature: Signature,
  rows: number,
): Coefficients {
  const { outputs, certainty } = line
  const degreesOfFreedom = certainty?.degreesOfFreedom ?? null
  const reach = certainty ? twoSidedQuantile(0.05, degreesOfFreedom) : 0
  const sources = sourcesOf(pipeline)
  const references = new Set(line.dependent)
  const entry = (
    estimate: number,
    error: number | null,
    rest: Pick<Coefficient, 'input' | 'column' | 'class' | 'perUnit' | 'reference'>,
  ): Coefficient => {
    const standardError = error !== null && error > 0 ? error : null
    const statistic = standardError === null ? null : estimate / standardError
    return {
      ...rest,
      estimate,
      standardError,
      statistic,
      pValue: statistic === null ? null : twoSidedP(statistic, degreesOfFreedom),
      low: standardError === null ? null : estimate - reach * standardError,
      high: standardError === null ? null : estimate + reach * standardError,
    }
  }
  const coefficients: Coefficient[] = []
  for (let o = 0; o < outputs; o++) {
    const label = outputs === 1 ? null : String(signature.target.classes?.[o])
    coefficients.push(
      entry(line.biases[o]!, finite(certainty?.biases[o]), {
        input: null,
        column: null,
        class: label,
        perUnit: null,
        reference: false,
      }),
    )
    for (const [i, input] of pipeline.inputs.entries()) {
      const at = i * outputs + o
      const { column = null, factor = null } = sources[i] ?? {}
      const estimate = line.weights[at]!
      coefficients.push(
        entry(estimate, finite(certainty?.weights[at]), {
          input,
          column,
          class: label,
          perUnit: factor === null ? null : estimate * factor,
          reference: references.has(i),
        }),
      )
    }
  }
  const notes = [...line.notes]
  if (references.size > 0) {
    const names = line.dependent.slice(0, 8).map((i) => pipeline.inputs[i])
    const more = references.size > 8 ? ` and ${references.size - 8} more` : ''
    notes.push(
      `The inputs are linearly dependent: ${names.join(', ')}${more} ${references.size === 1 ? 'follows' : 'follow'} from the others, so ${references.size === 1 ? 'its coefficient is' : 'their coefficients are'} zero and the others count from there.`,
    )
  }
  return {
    version: 1,
    rows,
    distribution: signature.task === 'regression' ? 't' : 'normal',
    degreesOfFreedom,
    residualDeviation: certainty?.residualDeviation ?? null,
    penalty: line.penalty,
    withoutErrors: line.withoutCertainty,
    notes,
    coefficients,
  }
}
