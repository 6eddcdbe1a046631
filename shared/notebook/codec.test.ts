import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseNotebook, serializeNotebook } from './codec.ts'
import { peerNotebook } from './fixtures/peer-notebook.ts'
import type { Cell, Notebook } from './notebook.ts'

const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
const json = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('__proto__'))
const reserved = new Set(['slipway', 'vscode', 'tags', 'kernelspec'])
const foreign = fc.dictionary(
  key.filter((name) => !reserved.has(name)),
  json.map(withoutNegativeZero),
  { minKeys: 1, maxKeys: 3 },
)

/** JSON has no -0. */
function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

const optional = {
  disabled: fc.boolean(),
  tags: fc.array(fc.string(), { maxLength: 3 }),
  foreign: foreign.map((record) => ({ ...record })),
}
const base = { name: fc.string(), source: fc.string({ unit: 'grapheme' }) }
const sqlCell = fc.record(
  {
    kind: fc.constant('sql' as const),
    ...base,
    materialize: fc.constantFrom('view' as const, 'table' as const),
    ...optional,
  },
  { requiredKeys: ['kind', 'name', 'source'] },
)
const otherCell = fc.record(
  {
    kind: fc.constantFrom(
      'typescript' as const,
      'train' as const,
      'chart' as const,
      'check' as const,
      'markdown' as const,
    ),
    ...base,
    ...optional,
  },
  { requiredKeys: ['kind', 'name', 'source'] },
)
const notebook: fc.Arbitrary<Notebook> = fc
  .record(
    {
      cells: fc.array(fc.oneof(sqlCell, otherCell), { maxLength: 6 }),
      foreign: foreign.map((record) => ({ ...record })),
    },
    { requiredKeys: ['cells'] },
  )
  .map((document) => ({
    ...document,
    cells: document.cells.map((cell, index): Cell => ({ id: `c${index}`, ...cell })),
  }))

/** Catches a key that is written under one name and read under another, or lost on the way. */
test('what is written is read back the same', () => {
  fc.assert(
    fc.property(notebook, (document) => {
      const text = serializeNotebook(document)
      expect(parseNotebook(text, 'n')).toEqual(document)
      expect(serializeNotebook(parseNotebook(text, 'n'))).toBe(text)
    }),
  )
})

/*
 * The fixture was written by this codec from `peerNotebook`, validated and read by Python's nbformat:
 * bench/peers/record-nbformat.py
 */
test('a notebook is what Python’s nbformat validated', () => {
  const recorded = readFileSync(new URL('./fixtures/nbformat-validated.ipynb', import.meta.url), 'utf8')
  expect(serializeNotebook(peerNotebook)).toBe(recorded)
  expect(parseNotebook(recorded, 'n')).toEqual(peerNotebook)
})

test('keys are sorted, outputs and counts absent, the last line ended', () => {
  const text = serializeNotebook({
    cells: [{ id: 'a', kind: 'sql', name: 'x', source: 'select 1\nfrom t', materialize: 'view' }],
  })
  expect(text).toBe(`{
  "cells": [
    {
      "cell_type": "code",
      "execution_count": null,
      "id": "a",
      "metadata": {
        "slipway": {
          "kind": "sql",
          "materialize": "view",
          "name": "x"
        },
        "vscode": {
          "languageId": "sql"
        }
      },
      "outputs": [],
      "source": [
        "select 1\\n",
        "from t"
      ]
    }
  ],
  "metadata": {
    "kernelspec": {
      "display_name": "Slipway",
      "language": "sql",
      "name": "slipway"
    },
    "slipway": {
      "version": 1
    }
  },
  "nbformat": 4,
  "nbformat_minor": 5
}
`)
})

describe('a Jupyter notebook', () => {
  const jupyter = (cells: unknown[], minor = 5) =>
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: minor,
      metadata: { language_info: { name: 'python' } },
      cells,
    })
  const code = {
    cell_type: 'code',
    metadata: {},
    source: 'print(1)',
    outputs: [{ output_type: 'stream' }],
    execution_count: 3,
  }

  test('opens: code cells as TypeScript, or SQL where they say so', () => {
    const { cells } = parseNotebook(
      jupyter([
        { ...code, id: 'a' },
        { ...code, id: 'b', metadata: { vscode: { languageId: 'sql' } } },
      ]),
      'n',
    )
    expect(cells.map(({ kind }) => kind)).toEqual(['typescript', 'sql'])
  })

  test('of format 4.4 gets the same cell ids every time, all different', () => {
    const text = jupyter(
      [code, { ...code, id: 'cell-1' }, { ...code, id: 'not valid' }, { ...code, id: 'cell-1' }],
      4,
    )
    const ids = parseNotebook(text, 'n').cells.map(({ id }) => id)
    expect(ids).toEqual(['cell-1-1', 'cell-1', 'cell-3', 'cell-4'])
    expect(parseNotebook(text, 'n').cells.map(({ id }) => id)).toEqual(ids)
  })

  test('keeps raw cells, attachments, unknown kinds and foreign metadata', () => {
    const cells = [
      { cell_type: 'raw', id: 'r', metadata: { format: 'text/x' }, source: ['raw'] },
      {
        cell_type: 'markdown',
        id: 'm',
        metadata: {},
        source: [],
        attachments: { 'a.png': { 'image/png': 'xx' } },
      },
      {
        cell_type: 'code',
        id: 'w',
        metadata: { slipway: { kind: 'widget', size: 3 }, collapsed: true },
        source: ['x'],
        outputs: [],
        execution_count: null,
      },
    ]
    const written = JSON.parse(serializeNotebook(parseNotebook(jupyter(cells), 'n')))
    expect(written.cells).toEqual(cells)
    expect(written.metadata.language_info).toEqual({ name: 'python' })
  })
})

describe('a broken notebook', () => {
  test('with merge conflicts says so and where', () => {
    const text = '{\n<<<<<<< HEAD\n "a": 1\n=======\n "a": 2\n>>>>>>> other\n}'
    expect(() => parseNotebook(text, 'churn.ipynb')).toThrow(
      'The notebook churn.ipynb has an unresolved merge conflict at line 2.',
    )
  })
  test('that is not JSON, not a notebook, or of another format is named', () => {
    expect(() => parseNotebook('{', 'x.ipynb')).toThrow('The notebook x.ipynb is not JSON')
    expect(() => parseNotebook('[]', 'x.ipynb')).toThrow('The notebook x.ipynb')
    expect(() => parseNotebook('{"nbformat": 3, "worksheets": []}', 'x.ipynb')).toThrow(
      'nbformat 3; expected nbformat 4',
    )
    expect(() => parseNotebook('{"nbformat": 4, "nbformat_minor": 5, "cells": [{}]}', 'x.ipynb')).toThrow(
      'cells[0].cell_type',
    )
  })
})
