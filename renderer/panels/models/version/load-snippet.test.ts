import { expect, test } from 'vitest'
import { loadSnippet } from './load-snippet.ts'

test('a SQL cell scores a relation by its name, quoted where SQL asks for it', () => {
  expect(loadSnippet('sql', 'churn@champion', 'features')).toBe(
    "select * from predict('churn@champion', features)",
  )
  expect(loadSnippet('sql', 'churn:3', 'raw.2024 "sales"')).toBe(
    `select * from predict('churn:3', raw."2024 ""sales""")`,
  )
})

test('a TypeScript cell loads the version and exports nothing, so that two can stand in one notebook', () => {
  const code = loadSnippet('typescript', 'churn:3', 'features')
  expect(code).toBe(
    "const model = await catalog.load('churn:3')\nconst scored = await model.predict('features')\nscored",
  )
})
