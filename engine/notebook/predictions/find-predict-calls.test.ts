import { expect, test } from 'vitest'
import { findPredictCalls } from './find-predict-calls.ts'

const found = (text: string) => findPredictCalls(text).map((call) => [call.reference, call.source])

test('a call names a version and a relation, by a name or by a query in parentheses', () => {
  expect(found("select * from predict('churn@champion', features)")).toEqual([['churn@champion', 'features']])
  expect(found(`from PREDICT ( 'm:3' , main."My ""table""" ) p`)).toEqual([['m:3', 'main."My ""table"""']])
  expect(found("select 1 from a join predict('m', (select f(x) from b where y = ')')) using (id)")).toEqual([
    ['m', "(select f(x) from b where y = ')')"],
  ])
})

test('a call begins and ends where its text does', () => {
  const text = "select a from predict('m', b) where c"
  const [call] = findPredictCalls(text)
  expect(text.slice(call?.start, call?.end)).toBe("predict('m', b)")
})

test('only the outermost calls are found, each with the query that holds the inner ones', () => {
  const inner = "(from predict('a', x))"
  expect(found(`from predict('b', ${inner}), predict('c', y)`)).toEqual([
    ['b', inner],
    ['c', 'y'],
  ])
})

test('comments, texts and columns called predict are no calls', () => {
  expect(found("select predict, 'from predict(1, 2)' from t -- from predict('a', b)")).toEqual([])
})

test.each([
  "from predict(features, 'm')",
  "from predict('m')",
  "from predict('m', 1 + 2)",
  "from predict('m', x",
])('other arguments are refused: %s', (text) => {
  expect(() => findPredictCalls(text)).toThrow(/takes a model version as text and a relation/)
})
