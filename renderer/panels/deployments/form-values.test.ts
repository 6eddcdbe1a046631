import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Signature } from '../../../shared/signature/signature.ts'
import { rowFromValues, valuesFromRow } from './form-values.ts'

const signature: Signature = {
  version: 1,
  task: 'binary',
  inputs: [
    {
      name: 'tenure',
      type: 'numeric',
      sourceType: 'BIGINT',
      required: true,
      missing: false,
      min: 0,
      max: 72,
    },
    { name: 'charges', type: 'numeric', sourceType: 'DOUBLE', required: true, missing: true },
    {
      name: 'contract',
      type: 'categorical',
      sourceType: 'VARCHAR',
      required: true,
      missing: false,
      values: ['Month-to-month', 'One year'],
    },
    { name: 'senior', type: 'boolean', sourceType: 'BIGINT', required: true, missing: false },
    { name: 'partner', type: 'boolean', sourceType: 'BOOLEAN', required: false, missing: false },
  ],
  target: { name: 'churn', sourceType: 'VARCHAR', classes: ['No', 'Yes'] },
}

const recorded = { tenure: 5, charges: 70.35, contract: 'One year', senior: 1, partner: true }

describe('the request form', () => {
  it('gives back every recorded row it was filled with', () => {
    fc.assert(
      fc.property(
        fc.record({
          tenure: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
          charges: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
          contract: fc.string(),
          senior: fc.constantFrom(0, 1),
          partner: fc.boolean(),
        }),
        (row) => {
          const back = rowFromValues(signature, valuesFromRow(signature, row))
          expect(back.row).toEqual(row)
          expect(back.problems).toEqual({})
        },
      ),
    )
  })

  it('sends null where the column accepts it and leaves out what need not be there', () => {
    const values = {
      ...valuesFromRow(signature, recorded),
      charges: { text: '70.35', absent: true },
      partner: { text: 'true', absent: true },
    }
    expect(rowFromValues(signature, values).row).toEqual({
      tenure: 5,
      charges: null,
      contract: 'One year',
      senior: 1,
    })
  })

  it('refuses text where a number belongs, and says so', () => {
    const values = {
      ...valuesFromRow(signature, recorded),
      tenure: { text: 'a year', absent: false },
      charges: { text: ' ', absent: false },
    }
    expect(rowFromValues(signature, values).problems).toEqual({
      tenure: 'Expected a number, found “a year”.',
      charges: 'A number is required.',
    })
  })

  it('remarks on what training never saw but sends it', () => {
    const values = {
      ...valuesFromRow(signature, recorded),
      tenure: { text: '90', absent: false },
      contract: { text: 'Ten years', absent: false },
    }
    const { row, problems, remarks } = rowFromValues(signature, values)
    expect(problems).toEqual({})
    expect(row).toMatchObject({ tenure: 90, contract: 'Ten years' })
    expect(remarks).toEqual({
      tenure: 'Above the training range (to 72).',
      contract: 'Never seen in training.',
    })
  })

  it('starts a column that the recorded row lacks absent, or at a value it can have', () => {
    const values = valuesFromRow(signature, {})
    expect(values.charges).toEqual({ text: '0', absent: true })
    expect(values.contract).toEqual({ text: 'Month-to-month', absent: false })
    expect(values.tenure).toEqual({ text: '0', absent: false })
  })

  it('takes columns called like what every object inherits', () => {
    const [tenure, charges, contract] = signature.inputs
    const odd: Signature = {
      ...signature,
      inputs: [
        { ...tenure!, name: '__proto__' },
        { ...charges!, name: 'constructor' },
        { ...contract!, name: 'toString' },
      ],
    }
    const row = JSON.parse('{ "__proto__": 5, "constructor": 70.35, "toString": "One year" }')
    const form = rowFromValues(odd, valuesFromRow(odd, row))
    expect(Object.entries(form.row)).toEqual(Object.entries(row))
    expect(odd.inputs.map(({ name }) => form.problems[name] ?? form.remarks[name])).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    const wrong = rowFromValues(odd, {
      ...valuesFromRow(odd, row),
      ['__proto__']: { text: '', absent: false },
    })
    expect(Object.entries(wrong.problems)).toEqual([['__proto__', 'A number is required.']])
  })
})
