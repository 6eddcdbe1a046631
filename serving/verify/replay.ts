import type { Examples } from '../../shared/bundle/manifest.ts'
import { inferenceTypes } from '../../shared/signature/inference-types.ts'
import { limitsOf, textKeeps } from '../../shared/signature/limits.ts'
import type { Label, SignatureColumn } from '../../shared/signature/signature.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { ask } from './ask.ts'
import type { ChildServer } from './child-server.ts'
import { compared, isLabel, list, type Outcomes, ownOutcome } from './outcomes.ts'
import { probedColumns, probedText } from './probed-columns.ts'
import { shuffledBatches, shuffledSize } from './shuffled.ts'

export async function replayPredict(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const answer = await ask(server, '/predict', { data: model.examples.rows })
  return compared(model.examples, ownOutcome(model, answer))
}

export async function replayInvocations(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const answer = await ask(server, '/invocations', { dataframe_records: model.examples.rows })
  // MLflow's answer carries no probabilities.
  return compared(model.examples, {
    predictions: list(answer.predictions).filter(isLabel),
    probabilities: null,
  })
}

export async function replayInference(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const { rows } = model.examples
  const inputs = model.signature.inputs.map((column) => ({
    name: column.name,
    shape: [rows.length],
    // A category that came from whole numbers in training may be recorded as a number.
    datatype: rows.some((row) => typeof row[column.name] === 'number') ? 'FP64' : inferenceTypes[column.type],
    data: rows.map((row) => row[column.name] ?? null),
  }))
  const answer = await ask(server, `/v2/models/${model.name}/infer`, { inputs })
  const tensor = (name: string): unknown[] => {
    const found = list(answer.outputs).find(
      (output) => typeof output === 'object' && output !== null && 'name' in output && output.name === name,
    )
    return typeof found === 'object' && found !== null && 'data' in found ? list(found.data) : []
  }
  const classes = model.signature.target.classes
  const flat = tensor('probabilities').map(Number)
  return compared(model.examples, {
    predictions: tensor('prediction').filter(isLabel),
    probabilities: classes
      ? rows.map((_, row) => flat.slice(row * classes.length, (row + 1) * classes.length))
      : null,
  })
}

/** Scores the recorded rows in a request for each batch of them. */
async function replayBatches(
  model: LoadedModel,
  server: ChildServer,
  batches: readonly (readonly number[])[],
): Promise<Outcomes> {
  const predictions: Label[] = []
  const probabilities: (readonly number[])[] = []
  for (const batch of batches) {
    const rows = batch.map((row) => model.examples.rows[row])
    const outcome = ownOutcome(model, await ask(server, '/predict', rows))
    for (const [i, row] of batch.entries()) {
      const prediction = outcome.predictions[i]
      if (prediction !== undefined) predictions[row] = prediction
      probabilities[row] = outcome.probabilities?.[i] ?? []
    }
  }
  return compared(model.examples, {
    predictions,
    probabilities: model.signature.target.classes ? probabilities : null,
  })
}

/** Every row in a request of its own, and among others of another order, gives what it gave among all. */
export async function replayOneByOne(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const { rows } = model.examples
  const each = rows.map((_, row) => [row])
  const alone = await replayBatches(model, server, each)
  const mixed = await replayBatches(model, server, shuffledBatches(rows.length))
  return {
    passed: alone.passed && mixed.passed,
    detail: `${alone.detail}; in shuffled batches of ${shuffledSize}: ${mixed.detail}`,
  }
}

type Row = Examples['rows'][number]

interface Trial {
  what: string
  column: SignatureColumn
  row: Record<string, unknown>
  accepted: boolean
}

function trialsOf(columns: readonly SignatureColumn[], row: Row): Trial[] {
  return columns.flatMap((column) => {
    const { [column.name]: _, ...without } = row
    const trials: Trial[] = [
      { what: 'null', column, row: { ...row, [column.name]: null }, accepted: column.missing },
      { what: 'an object', column, row: { ...row, [column.name]: { a: 1 } }, accepted: false },
      { what: 'no key', column, row: without, accepted: !column.required && column.missing },
    ]
    if (column.type === 'categorical' || column.type === 'text') {
      const limits = limitsOf(column)
      const unseen = '\u0000never seen'
      trials.push({
        what: column.type === 'text' ? 'an unseen text' : 'an unseen category',
        column,
        row: { ...row, [column.name]: unseen },
        accepted: limits === null || textKeeps(limits, unseen),
      })
    } else {
      trials.push({ what: 'text', column, row: { ...row, [column.name]: 'abc' }, accepted: false })
    }
    return trials
  })
}

/** Missing, unseen and wrongly typed values are scored or refused exactly as the signature says. */
export async function replayOddValues(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const { inputs } = model.signature
  const trials = trialsOf(probedColumns(inputs), model.examples.rows[0] ?? {})
  for (const { what, column, row, accepted } of trials) {
    const answer = await server.post('/predict', JSON.stringify([row]))
    const named = answer.text.includes(JSON.stringify(column.name))
    if (answer.status === (accepted ? 200 : 400) && (accepted || named)) continue
    // SQL may have no result for a value that the signature takes, such as text that a cast cannot read: told, never a fault.
    if (accepted && model.transforms && answer.status === 400) continue
    const wanted = accepted ? 'accepted' : 'refused by name'
    const detail = `${what} in "${column.name}" should be ${wanted}, the answer was ${answer.status}: ${answer.text.slice(0, 200)}`
    return { passed: false, detail }
  }
  return {
    passed: true,
    detail: `${trials.length} odd values${probedText(inputs)} answered as the signature says`,
  }
}

export async function measureLatency(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const { rows } = model.examples
  const times: number[] = []
  // The first requests run code that is not compiled yet; they are no measure of what follows.
  for (let i = 0; i < 250; i++) {
    const answer = await server.post('/predict', JSON.stringify([rows[i % rows.length]]))
    if (answer.status !== 200) return { passed: false, detail: `request ${i} was answered ${answer.status}` }
    if (i >= 50) times.push(answer.ms)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(2)
  return {
    passed: true,
    detail: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms over ${times.length} requests of one row`,
  }
}
