import { Failure } from '../../shared/failure.ts'
import type { Encoder } from '../../shared/features/pipeline.ts'
import type { OnnxInput } from '../../shared/models/onnx/describe-inputs.ts'
import type { FedTensor } from '../../shared/models/onnx/onnx-model.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'

/** A column of an ONNX model with all that follows from its type. */
export interface OnnxColumn {
  readonly input: SignatureColumn
  readonly encoder: Encoder
}

/** Values of a categorical column that a signature lists. */
const mostValues = 1_000

/** Names of the columns of each input: those given for all together, else its own, numbered where it has several. */
export function columnNames(
  inputs: readonly OnnxInput[],
  given: readonly string[] | null,
  shown: string,
): string[][] {
  const open = inputs.filter(({ columns }) => columns === null)
  const known = inputs.reduce((sum, { columns }) => sum + (columns ?? 0), 0)
  const rest = given ? given.length - known : 0
  if (open.length > 0 && (!given || open.length > 1 || rest < 1)) {
    throw new Failure(
      'invalid-input',
      `${shown} does not say how many columns its input "${open[0]?.name}" has.`,
      'Name the columns in their order, or give data that has them and no others but the target.',
      'columns',
    )
  }
  if (given && open.length === 0 && given.length !== known) {
    throw new Failure(
      'invalid-input',
      `${shown} reads ${known} columns; ${given.length} were given: ${given.join(', ')}.`,
      'Name each once, in the order in which the model was trained on them.',
      'columns',
    )
  }
  let at = 0
  const names = inputs.map(({ name, columns }) => {
    const count = columns ?? rest
    const own =
      given?.slice(at, at + count) ??
      (count === 1
        ? [name]
        : Array.from({ length: count }, (_, i) => (inputs.length === 1 ? `f${i}` : `${name}_${i}`)))
    at += count
    return own
  })
  const all = names.flat()
  const twice = all.find((name, i) => name === '' || all.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new Failure(
      'invalid-input',
      `${shown} would have ${twice === '' ? 'a column without a name' : `two columns "${twice}"`}.`,
      'Name its columns apart.',
      'columns',
    )
  }
  return names
}

/** What a missing text is fed as: the category that the training data had for it, else an empty text. */
function missingText(categories: readonly string[]): string {
  return ['', 'nan', 'None', '<NA>'].find((text) => categories.includes(text)) ?? ''
}

function unseenText(categories: readonly string[]): string {
  let text = 'not seen in training'
  while (categories.includes(text)) text += '_'
  return text
}

/** How a tensor is fed from columns of these names. */
export function fedTensor({ name, type, categories }: OnnxInput, columns: string[]): FedTensor {
  if (!categories) return { name, type, columns }
  return { name, type, columns, missing: missingText(categories), unseen: unseenText(categories) }
}

/** @param missing whether the graph takes it; numbers that are not floats have no way to say so */
export function onnxColumn({ type, categories }: OnnxInput, name: string): OnnxColumn {
  const base = { name, required: false, missing: true }
  if (categories) {
    const values = [...categories]
    return {
      input: { ...base, type: 'categorical', sourceType: 'VARCHAR', values: values.slice(0, mostValues) },
      encoder: { kind: 'codes', name, categories: values },
    }
  }
  if (type === 'bool') {
    return {
      input: { ...base, required: true, missing: false, type: 'boolean', sourceType: 'BOOLEAN' },
      encoder: { kind: 'boolean', name, fill: null },
    }
  }
  const encoder: Encoder = {
    kind: 'numeric',
    name,
    impute: 'none',
    fill: null,
    scale: 'none',
    center: 0,
    factor: 1,
  }
  if (type === 'int64' || type === 'int32') {
    const whole = { integer: true as const, constraints: { integer: true as const } }
    const sourceType = type === 'int64' ? 'BIGINT' : 'INTEGER'
    return {
      input: { ...base, required: true, missing: false, type: 'numeric', sourceType, ...whole },
      encoder,
    }
  }
  const sourceType = type === 'float32' ? 'FLOAT' : 'DOUBLE'
  return { input: { ...base, type: 'numeric', sourceType }, encoder }
}
