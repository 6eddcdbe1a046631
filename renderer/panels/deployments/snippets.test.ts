import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteForShell } from './shell-quote.ts'
import {
  curlSnippet,
  javaSnippet,
  javascriptSnippet,
  ociSnippet,
  pythonSnippet,
  type RequestRow,
  rSnippet,
  type SnippetLanguage,
  snippet,
  snippetLanguages,
} from './snippets.ts'

/** Reads words as a POSIX shell does: single quotes, backslash escapes, line continuations, no expansions. */
function shellWords(text: string): string[] {
  const words: string[] = []
  let word = ''
  let inside = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === "'") {
      inside = true
      const close = text.indexOf("'", i + 1)
      if (close < 0) throw new Error('unclosed quote')
      word += text.slice(i + 1, close)
      i = close
    } else if (c === '\\') {
      i++
      if (text[i] !== '\n') {
        inside = true
        word += text[i]
      }
    } else if (/\s/.test(c)) {
      if (inside) words.push(word)
      word = ''
      inside = false
    } else {
      if (!/[A-Za-z0-9_./:@%+=,-]/.test(c)) throw new Error(`${c} is special to the shell`)
      inside = true
      word += c
    }
  }
  if (inside) words.push(word)
  return words
}

const asking = (rows: RequestRow[], token = false) => ({ endpoint: 'http://127.0.0.1:8101', rows, token })
const row = { contract: "Month-to-month's", tenure: 3, senior: false, charges: null }

describe('quoting for a shell', () => {
  it('gives back every word, however it is spelled', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(shellWords(words.map(quoteForShell).join(' '))).toEqual(words)
      }),
    )
  })

  it('leaves a plain address readable', () => {
    expect(quoteForShell('http://127.0.0.1:8101/predict')).toBe('http://127.0.0.1:8101/predict')
  })
})

describe('the curl command', () => {
  it('carries the body unchanged past quotes, dollars and backticks', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null), fc.boolean(), fc.integer()),
        ),
        (values) => {
          const words = shellWords(curlSnippet(asking([values])))
          expect(words.slice(0, 3)).toEqual(['curl', '-sS', 'http://127.0.0.1:8101/predict'])
          expect(words[4]).toBe('content-type: application/json')
          expect(JSON.parse(words[6]!)).toEqual({ data: [{ ...values }] })
        },
      ),
    )
  })

  it('can be read: a line break between members where the line would grow long', () => {
    expect(curlSnippet(asking([row]))).toBe(
      [
        'curl -sS http://127.0.0.1:8101/predict \\',
        "  -H 'content-type: application/json' \\",
        `  -d '{"data":[`,
        `{"contract":"Month-to-month'\\''s",`,
        ` "tenure":3,"senior":false,`,
        ` "charges":null}]}'`,
      ].join('\n'),
    )
  })
})

describe('the other snippets', () => {
  it("write Python's own constants", () => {
    const source = pythonSnippet(asking([row]))
    expect(source).toContain('"senior": False,')
    expect(source).toContain('"charges": None,')
    expect(source).toContain('"contract": "Month-to-month\'s",')
    expect(source).toContain('requests.post(\n    "http://127.0.0.1:8101/predict",\n    json={"data": rows},')
  })

  it('write JavaScript that sends the very rows', async () => {
    const sent: unknown[] = []
    const run = new Function(
      'fetch',
      'console',
      `return (async () => {${javascriptSnippet(asking([row]))}})()`,
    )
    await run(
      async (url: string, init: { body: string }) => {
        sent.push(url, JSON.parse(init.body))
        return { ok: true, json: async () => ({ prediction: ['No'] }) }
      },
      { log: (value: unknown) => sent.push(value) },
    )
    expect(sent).toEqual(['http://127.0.0.1:8101/predict', { data: [row] }, ['No']])
  })

  it('write Java and R texts that are the body again, in plain ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer(), (text, number) => {
        const rows = [{ text, number }]
        // A literal of Java or R that is written with JSON's escapes is JSON's as well.
        const literals = (source: string) =>
          [...source.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([literal]) => JSON.parse(literal) as string)
        const java = javaSnippet(asking(rows))
        const body = literals(
          java.slice(java.indexOf('body ='), java.indexOf(';\n        HttpRequest request')),
        )
        expect(JSON.parse(body.join(''))).toEqual({ data: rows })
        const [, r = ''] = /^body <- (.*)$/m.exec(rSnippet(asking(rows))) ?? []
        expect(JSON.parse(literals(r).join(''))).toEqual({ data: rows })
        expect(java).toMatch(/^[\n -~]*$/)
      }),
    )
  })

  it("hand OCI's command line the address and the body", () => {
    const words = shellWords(ociSnippet(asking([row])))
    expect(words.slice(0, 6)).toEqual([
      'oci',
      'raw-request',
      '--http-method',
      'POST',
      '--target-uri',
      'http://127.0.0.1:8101/predict',
    ])
    expect(JSON.parse(words.at(-1) ?? '')).toEqual({ data: [row] })
  })

  it('take the token from the environment where one is asked for, and else do not speak of it', () => {
    for (const language of Object.keys(snippetLanguages) as SnippetLanguage[]) {
      expect(snippet(language, asking([row], true))).toContain('SLIPWAY_TOKEN')
      expect(snippet(language, asking([row]))).not.toContain('SLIPWAY_TOKEN')
    }
  })
})
