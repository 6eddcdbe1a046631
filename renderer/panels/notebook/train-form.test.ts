import { describe, expect, it } from 'vitest'
import { chooseKind, parseTrain, printTrain, readPath, writePath } from './train-form.ts'

describe('the train form', () => {
  const spec = {
    from: 'features',
    target: 'churn',
    split: { method: 'stratified', test: 0.25 },
    note: 'kept',
  }

  it('changes one key and keeps the rest and its order', () => {
    expect(printTrain(writePath(spec, ['split', 'test'], 0.3))).toBe(
      JSON.stringify({ ...spec, split: { method: 'stratified', test: 0.3 } }, null, 2),
    )
  })

  it('removes a key with undefined, and the object it leaves empty', () => {
    const excluding = writePath(spec, ['features', 'exclude'], ['id'])
    expect(readPath(excluding, ['features', 'exclude'])).toEqual(['id'])
    expect(writePath(excluding, ['features', 'exclude'], undefined)).toEqual(spec)
  })

  it('drops what only the old kind of model had', () => {
    const mlp = { model: { kind: 'mlp', layers: [64], epochs: 50 } }
    expect(chooseKind(mlp, 'model', 'kind', 'logistic', ['epochs', 'l2'])).toEqual({
      model: { kind: 'logistic', epochs: 50 },
    })
  })

  it('says what is wrong with JSON that is none', () => {
    expect(parseTrain('{ "from": "a",\n}')).toEqual({
      ok: false,
      message: 'This train cell is not JSON: line 2, column 1: expected a key in double quotes, found "}".',
      whatToDo: 'Take out the comma before it.',
    })
    expect(parseTrain('[1]')).toMatchObject({
      ok: false,
      message: 'This train cell: expected an object in { }, found [1].',
    })
    expect(parseTrain('')).toEqual({ ok: true, value: {} })
  })
})
