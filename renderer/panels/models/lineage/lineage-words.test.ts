import { expect, test } from 'vitest'
import type { LineageKind, LineageNode } from '../../../../shared/catalog/lineage-graph.ts'
import { lineageLines } from './lineage-words.ts'

const node = (kind: LineageKind, title: string, detail: string): LineageNode => ({
  id: `${kind}:${title}`,
  kind,
  title,
  detail,
  target: title,
})

test('a file is called by its name, without folders and hash', () => {
  expect(lineageLines(node('file', 'data/telco_churn.csv', 'SHA-256 a55b8d3f2c11'))).toEqual({
    title: 'telco_churn.csv',
    below: 'File',
  })
  expect(lineageLines(node('file', 'plans.json', 'XGBoost 3.2.0')).below).toBe('File · XGBoost 3.2.0')
})

test('a cell is called by its kind, and what holds rows or columns by how many', () => {
  expect(lineageLines(node('cell', 'customers', 'sql, 8397fdc109d0')).below).toBe('SQL cell')
  expect(lineageLines(node('relation', 'features', '7,043 rows')).below).toBe('7,043 rows')
  expect(lineageLines(node('features', 'features', '19 columns in')).below).toBe('19 columns')
})

test('a bundle says what it is for, and a deployment where it answers', () => {
  expect(lineageLines(node('bundle', 'churn-1', 'for any')).below).toBe('Bundle')
  expect(lineageLines(node('bundle', 'churn-1', 'for linux-x64')).below).toBe('Bundle for linux-x64')
  expect(lineageLines(node('deployment', 'churn', 'http://127.0.0.1:8101')).below).toBe('port 8101')
  expect(lineageLines(node('deployment', 'churn', 'https://churn.example')).below).toBe('churn.example')
})

test('a version shows no digest', () => {
  expect(lineageLines(node('version', 'churn v1', 'digest 92991a2b3c4d'))).toEqual({
    title: 'churn v1',
    below: 'Version',
  })
})
