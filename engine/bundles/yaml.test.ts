/** Catches text that a YAML reader takes for something else. kubectl reads YAML 1.1 and writes JSON without a cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runTool } from './testing/tool.ts'
import { type Yaml, yamlFile } from './yaml.ts'

/** What kubectl reads of an object; null where it is not installed. */
function readByKubectl(spec: Yaml): unknown {
  const folder = mkdtempSync(join(os.tmpdir(), 'slipway-yaml-'))
  try {
    const path = join(folder, 'sample.yaml')
    const sample = { apiVersion: 'slipway.example/v1', kind: 'Sample', metadata: { name: 'sample' }, spec }
    writeFileSync(path, yamlFile(['A sample.'], [sample]))
    const answer = runTool('kubectl', ['annotate', '--local', '-f', path, '-o', 'json', 'read=yes'])
    if (answer === null) return null
    expect(answer.err).toBe('')
    return JSON.parse(answer.out).spec
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
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

  it('are read by another reader as the value they were written from', () => {
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
      'a #b',
      '\u2028',
      '\u0085',
      '\ufeff',
      '\t',
      '',
      ' ',
      '"',
      "'",
      '{{x}}',
      '&a',
      '*a',
      '!t',
      '%',
      '=',
      '<<',
    ]
    const drawn = fc.sample(fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }), { numRuns: 300, seed: 5 })
    // YAML has one zero, and JSON text loses the sign of the other as well.
    const values = [...words, ...odd, ...drawn].map((value) => JSON.parse(JSON.stringify(value)) as Yaml)
    const read = readByKubectl({
      values,
      keys: Object.fromEntries([...words, ...odd].map((key) => [key, key])),
    })
    if (read === null) return
    expect(read).toEqual({ values, keys: Object.fromEntries([...words, ...odd].map((key) => [key, key])) })
  })

  it('have no number that is none', () => {
    expect(() => yamlFile([], [{ a: Number.NaN }])).toThrow('NaN')
  })
})
