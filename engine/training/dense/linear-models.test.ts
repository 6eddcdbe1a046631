/** Linear and logistic models agree with scikit-learn’s, and their tables with statsmodels’. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { decodeJson } from '../../../shared/decode.ts'
import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { Coefficients } from '../../../shared/models/coefficients.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { weighByClass, weightsOfClasses } from '../row-weights.ts'
import type { Part } from '../trainer-messages.ts'
import { coefficientTable } from './coefficient-table.ts'
import { fitExact } from './fit-exact.ts'
import { fitLikelihood } from './fit-likelihood.ts'
import type { FittedLine } from './fitted-line.ts'

const numbers = z.array(z.number())
const taskSchema = z.enum(['regression', 'binary', 'multiclass'])
const fixture = decodeJson(
  z.object({
    inputs: z.array(numbers),
    numbers,
    binary: numbers,
    three: numbers,
    rowWeights: numbers,
    cases: z.array(
      z.object({
        name: z.string(),
        task: taskSchema,
        weighted: z.boolean(),
        l1: z.number(),
        l2: z.number(),
        weights: numbers,
        biases: numbers,
      }),
    ),
    tables: z.array(
      z.object({
        name: z.string(),
        task: taskSchema,
        weighted: z.boolean(),
        estimates: numbers,
        errors: numbers,
        statistics: numbers,
        pValues: numbers,
        intervals: z.array(z.tuple([z.number(), z.number()])),
        residualDeviation: z.number().nullable(),
      }),
    ),
    several: z.object({ l2: z.number(), errors: numbers }),
    balanced: z.object({ weights: numbers, biases: numbers }),
    longley: z.object({ inputs: z.array(numbers), numbers, estimates: numbers, errors: numbers }),
  }),
  readFileSync(new URL('./fixtures/linear-models.json', import.meta.url), 'utf8'),
  'the fixture',
)

type Task = z.infer<typeof taskSchema>

/** Columns as they are, which leaves the conditioning to the solver. */
function plainPipeline(width: number) {
  return assemblePipeline(
    Array.from({ length: width }, (_, i) => ({
      kind: 'numeric' as const,
      name: `x${i}`,
      impute: 'mean' as const,
      fill: 0,
      scale: 'none' as const,
      center: 0,
      factor: 1,
    })),
  )
}

function partOf(rows: readonly number[][], target: readonly number[], weights?: readonly number[]): Part {
  return {
    rows: rows.length,
    columns: (rows[0] ?? []).map((_, i) => Float64Array.from(rows, (row) => row[i] ?? 0)),
    target: Float64Array.from(target),
    ...(weights ? { weights: Float64Array.from(weights) } : {}),
  }
}

const nothing: Part = { rows: 0, columns: [], target: new Float64Array(0) }
const pipeline = plainPipeline(4)
const targets: Record<Task, number[]> = {
  regression: fixture.numbers,
  binary: fixture.binary,
  multiclass: fixture.three,
}

function iterate(task: Task, train: Part, l1: number, l2: number, width = 4): FittedLine {
  return fitLikelihood({
    task,
    pipeline: plainPipeline(width),
    outputs: task === 'multiclass' ? 3 : 1,
    train,
    validation: { ...nothing, columns: train.columns.map(() => new Float64Array(0)) },
    l1,
    l2,
    epochs: 5000,
    patience: 0,
    onEpoch: () => {},
  })
}

function expectClose(found: ArrayLike<number>, expected: readonly number[], share: number) {
  expect(found.length).toBe(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((found[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(share * largest)
  }
}

function signatureOf(task: Task): Signature {
  const classes = { regression: [], binary: ['no', 'yes'], multiclass: ['a', 'b', 'c'] }[task]
  return {
    version: 1,
    task,
    inputs: [],
    target: { name: 'y', sourceType: 'DOUBLE', ...(classes.length > 0 ? { classes } : {}) },
  }
}

// A constant added to the biases of all classes changes nothing: compared are those that sum to zero.
describe('weights and biases are scikit-learn’s', () => {
  test.each(fixture.cases)('$name', ({ task, weighted, l1, l2, weights, biases }) => {
    const part = partOf(fixture.inputs, targets[task], weighted ? fixture.rowWeights : undefined)
    const line = task === 'regression' ? fitExact(pipeline, part, l1, l2) : iterate(task, part, l1, l2)
    expectClose(line.weights, weights, l1 > 0 && task !== 'regression' ? 1e-4 : 1e-6)
    const level = task === 'multiclass' ? biases.reduce((sum, bias) => sum + bias / biases.length, 0) : 0
    expectClose(
      line.biases,
      biases.map((bias) => bias - level),
      l1 > 0 && task !== 'regression' ? 2e-3 : 1e-5,
    )
    // An L1 penalty leaves the same inputs out.
    expect(Array.from(line.weights, (value) => value === 0)).toEqual(weights.map((value) => value === 0))
  })
})

test('balanced classes weigh as scikit-learn’s do', () => {
  const part = partOf(fixture.inputs, fixture.binary)
  const weighted = weighByClass(part, weightsOfClasses('balanced', ['no', 'yes'], part))
  const line = iterate('binary', weighted, 0, 1 / part.rows)
  expectClose(line.weights, fixture.balanced.weights, 1e-5)
  expectClose(line.biases, fixture.balanced.biases, 1e-5)
})

test('iterations reach what the exact solver finds', () => {
  const part = partOf(fixture.inputs, fixture.numbers)
  for (const [l1, l2] of [
    [0, 0],
    [0, 0.1],
    [0.2, 0.1],
  ] as const) {
    const exact = fitExact(pipeline, part, l1, l2)
    expectClose(iterate('regression', part, l1, l2).weights, [...exact.weights], 1e-5)
  }
})

function tableOf(task: Task, part: Part): Coefficients {
  const line = task === 'regression' ? fitExact(pipeline, part, 0, 0) : iterate(task, part, 0, 0)
  return coefficientTable(line, pipeline, signatureOf(task), part.rows)
}

test.each(fixture.tables)('the table is that of statsmodels’ $name', (expected) => {
  const { task, weighted } = expected
  const part = partOf(fixture.inputs, targets[task], weighted ? fixture.rowWeights : undefined)
  const table = tableOf(task, part)
  const column = (read: (entry: Coefficients['coefficients'][number]) => number | null) =>
    table.coefficients.map((entry) => read(entry) ?? Number.NaN)
  expectClose(
    column((entry) => entry.estimate),
    expected.estimates,
    1e-7,
  )
  expectClose(
    column((entry) => entry.standardError),
    expected.errors,
    1e-7,
  )
  expectClose(
    column((entry) => entry.statistic),
    expected.statistics,
    1e-6,
  )
  expectClose(
    column((entry) => entry.pValue),
    expected.pValues,
    1e-7,
  )
  expectClose(
    column((entry) => entry.low),
    expected.intervals.map(([low]) => low),
    1e-7,
  )
  expectClose(
    column((entry) => entry.high),
    expected.intervals.map(([, high]) => high),
    1e-7,
  )
  if (expected.residualDeviation !== null) {
    expect(table.residualDeviation).toBeCloseTo(expected.residualDeviation, 9)
  }
})

test('errors of several classes are those of the inverse information', () => {
  const part = partOf(fixture.inputs, fixture.three)
  const { certainty } = iterate('multiclass', part, 0, fixture.several.l2)
  const found = [...(certainty?.weights ?? []), ...(certainty?.biases ?? [])]
  expectClose(found, fixture.several.errors, 1e-6)
})

test('Longley’s nearly dependent columns keep their digits', () => {
  const { inputs, numbers: target, estimates, errors } = fixture.longley
  const line = fitExact(plainPipeline(6), partOf(inputs, target), 0, 0)
  for (const [i, estimate] of estimates.slice(1).entries()) {
    expect((line.weights[i] ?? 0) / estimate).toBeCloseTo(1, 8)
    expect((line.certainty?.weights[i] ?? 0) / (errors[i + 1] ?? 0)).toBeCloseTo(1, 8)
  }
  expect((line.certainty?.biases[0] ?? 0) / (errors[0] ?? 0)).toBeCloseTo(1, 8)
})

test('of a one-hot column the most frequent category is the reference, and the table says so', () => {
  const encoder = { kind: 'onehot' as const, name: 'plan', categories: ['a', 'b', 'c'], missingInput: false }
  const onehot = assemblePipeline([encoder])
  const codes = Int32Array.from({ length: 60 }, (_, i) => (i % 6 === 0 ? 0 : i % 6 < 3 ? 2 : 1))
  const target = Float64Array.from(codes, (code, i) => 10 * code + (i % 2))
  const line = fitExact(onehot, { rows: 60, columns: [codes], target }, 0, 0)
  expect(line.dependent).toEqual([1])
  const meanOf = (wanted: number) => {
    const values = target.filter((_, i) => codes[i] === wanted)
    return values.reduce((sum, value) => sum + value, 0) / values.length
  }
  expect(line.biases[0]).toBeCloseTo(meanOf(1), 9)
  expect(line.weights[0]).toBeCloseTo(meanOf(0) - meanOf(1), 9)
  const table = coefficientTable(line, onehot, signatureOf('regression'), 60)
  const reference = table.coefficients.find((entry) => entry.reference)
  expect(reference).toMatchObject({ input: 'plan=b', estimate: 0, standardError: null })
  expect(table.notes[0]).toMatch(/linearly dependent: plan=b follows from the others/)
})

test('an L1 penalty prints no standard errors, and why', () => {
  const line = fitExact(pipeline, partOf(fixture.inputs, fixture.numbers), 0.3, 0)
  const table = coefficientTable(line, pipeline, signatureOf('regression'), 80)
  expect(table.withoutErrors).toMatch(/L1 penalty/)
  expect(table.coefficients.every((entry) => entry.standardError === null && entry.pValue === null)).toBe(
    true,
  )
})

test('as many coefficients as rows leave no errors, and why', () => {
  const line = fitExact(pipeline, partOf(fixture.inputs.slice(0, 5), fixture.numbers.slice(0, 5)), 0, 0)
  expect(line.withoutCertainty).toMatch(/5 rows for 5 coefficients/)
})

test('classes told apart perfectly leave no errors', () => {
  const rows = Array.from({ length: 20 }, (_, i) => [i])
  const part = partOf(
    rows,
    rows.map(([i = 0]) => (i < 10 ? 0 : 1)),
  )
  const { certainty, withoutCertainty } = iterate('binary', part, 0, 0, 1)
  expect(certainty === null ? withoutCertainty : Math.min(...certainty.weights)).toSatisfy(
    (found: string | number) => (typeof found === 'string' ? /singular/.test(found) : found > 10),
  )
})

test('a coefficient is told per unit of its column only where the input is a multiple of it', () => {
  const numeric = { kind: 'numeric' as const, impute: 'mean' as const, fill: 0, center: 0, factor: 0.5 }
  const kinds = assemblePipeline([
    { ...numeric, name: 'plain', scale: 'standard', indicator: true },
    { ...numeric, name: 'log', scale: 'log1p', factor: 1, least: 0 },
    { kind: 'target', name: 'city', categories: ['a'], values: [0, 1], unseen: [0.5] },
  ])
  const column = (of: (row: number) => number) => Float64Array.from({ length: 40 }, (_, row) => of(row))
  const columns = [
    column((row) => (row % 5 === 0 ? Number.NaN : row % 7)),
    column((row) => row % 11),
    Int32Array.from({ length: 40 }, (_, row) => row % 2),
  ]
  const target = column((row) => row % 7)
  const line = fitExact(kinds, { rows: 40, columns, target }, 0, 0)
  const { coefficients } = coefficientTable(line, kinds, signatureOf('regression'), 40)
  const units = coefficients.map(({ input, estimate, perUnit }) => [
    input,
    perUnit === null ? null : perUnit / estimate,
  ])
  expect(units).toEqual([
    [null, null],
    ['plain', 0.5],
    ['plain is missing', null],
    ['log', null],
    ['target mean by city', null],
  ])
})
