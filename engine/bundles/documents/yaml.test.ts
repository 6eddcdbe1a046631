/**
 * Catches text that a YAML reader takes for something else: a library that reads YAML 1.1 and 1.2, and kubectl, which
 * reads 1.1 and writes JSON without a cluster.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runTool } from '../../../serving/testing/run-tool.ts'
import { type Yaml, yamlFile } from './yaml.ts'

const words = [
  'yes',
  'No',
  'null',
  '~',
  '0x1F',
  '1_000',
  '12:30:45',
  '2026-01-01',
  '1e3',
  '.5',
  '- a',
  'a: b',
]
const odd = [
  ...['a #b', '\u2028', '\u0085', '\ufeff', '\t', '', ' ', '"', "'", '{{x}}'],
  ...['&a', '*a', '!t', '%', '=', '<<'],
]

/** Values and keys of every kind, the odd ones first. */
function awkward(): { [key: string]: Yaml } {
  const drawn = fc.sample(fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }), { numRuns: 300, seed: 5 })
  // YAML has one zero, and JSON text loses the sign of the other as well.
  const values = [...words, ...odd, ...drawn].map((value) => JSON.parse(JSON.stringify(value)) as Yaml)
  return { values, keys: Object.fromEntries([...words, ...odd].map((key) => [key, key])) }
}

describe('YAML files', () => {
  it('quote what could be taken for something else, and nothing more', () => {
    const document = {
      plain: 'apps/v1',
      version: '3',
      yes: 'No',
      port: '8080:8080',
      empty: '',
      list: ['--flag', { name: 'a', value: 1.5 }, [true, null], [], {}],
      left: undefined,
      big: 1e30,
    }
    expect(yamlFile(['One', '', 'Two'], [document, { next: -1 }])).toBe(
      [
        '# One',
        '#',
        '# Two',
        'plain: apps/v1',
        'version: "3"',
        '"yes": "No"',
        'port: "8080:8080"',
        'empty: ""',
        'list:',
        '  - "--flag"',
        '  - name: a',
        '    value: 1.5',
        '  - - true',
        '    - null',
        '  - []',
        '  - {}',
        'big: 1.0e+30',
        '---',
        'next: -1',
        '',
      ].join('\n'),
    )
  })

  it.each(['1.1', '1.2'] as const)(
    'are read as version %s as the value they were written from',
    (version) => {
      const written = awkward()
      expect(parse(yamlFile(['A sample.'], [written]), { version })).toEqual(written)
    },
  )

  it('are read by kubectl as the value they were written from', (test) => {
    const spec = awkward()
    const sample = { apiVersion: 'slipway.example/v1', kind: 'Sample', metadata: { name: 'sample' }, spec }
    const command = ['annotate', '--local', '-f', '-', '-o', 'json', 'read=yes']
    const answer = runTool(test, 'kubectl', command, yamlFile(['A sample.'], [sample]))
    expect(answer.err).toBe('')
    expect(JSON.parse(answer.out).spec).toEqual(spec)
  })

  it('have no number that is none', () => {
    expect(() => yamlFile([], [{ a: Number.NaN }])).toThrow('NaN')
  })
})
