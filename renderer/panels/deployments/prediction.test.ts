import { describe, expect, it } from 'vitest'
import { readPrediction } from './prediction.ts'

describe('reading a response', () => {
  it('orders the probabilities, largest first', () => {
    const body = {
      prediction: ['No'],
      probabilities: [{ Yes: 0.25, No: 0.75 }],
      ids: ['a1'],
      model: { name: 'churn', version: 1 },
    }
    expect(readPrediction(200, body)).toEqual({
      type: 'answer',
      label: 'No',
      probabilities: [
        { label: 'No', p: 0.75 },
        { label: 'Yes', p: 0.25 },
      ],
      id: 'a1',
    })
  })

  it('reads a regression, which has no probabilities', () => {
    expect(readPrediction(200, { prediction: [3.5] })).toEqual({
      type: 'answer',
      label: '3.5',
      probabilities: [],
      id: null,
    })
  })

  it('says which columns were refused and why', () => {
    const body = {
      error: {
        code: 'invalid-input',
        message: '1 value does not fit the signature',
        fields: [{ row: 0, column: 'tenure', expected: 'a number', found: 'x' }],
        requestId: 'r',
      },
    }
    expect(readPrediction(400, body)).toEqual({
      type: 'refused',
      message: '1 value does not fit the signature',
      fields: ['tenure: expected a number, found "x"'],
    })
  })

  it('admits that it cannot read anything else', () => {
    expect(readPrediction(200, { predictions: [1] })).toEqual({ type: 'unreadable' })
    expect(readPrediction(502, 'bad gateway')).toEqual({ type: 'unreadable' })
  })
})
