import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Inline, parseInline, parseMarkdown } from './markdown.ts'

function textOf(parts: readonly Inline[]): string {
  return parts
    .map((part) => (part.type === 'text' || part.type === 'code' ? part.text : textOf(part.children)))
    .join('')
}

describe('parseMarkdown', () => {
  it('reads headings, paragraphs and rules', () => {
    expect(parseMarkdown('# Churn\n\nOne line\nand more.\n\n---')).toEqual([
      { type: 'heading', level: 1, children: [{ type: 'text', text: 'Churn' }] },
      { type: 'paragraph', children: [{ type: 'text', text: 'One line and more.' }] },
      { type: 'rule' },
    ])
  })

  it('reads lists with nested lists, and ends them at other text', () => {
    const [list, after] = parseMarkdown('- one\n  - inner\n- two\n\nafter')
    expect(list).toMatchObject({ type: 'list', ordered: false })
    if (list?.type !== 'list') throw new Error('expected a list')
    expect(list.items).toHaveLength(2)
    expect(list.items[0]?.[1]).toMatchObject({ type: 'list' })
    expect(after).toMatchObject({ type: 'paragraph' })
    expect(parseMarkdown('1. a\n2. b')[0]).toMatchObject({ type: 'list', ordered: true })
  })

  it('keeps code as it stands, even when it looks like Markdown', () => {
    expect(parseMarkdown('```sql\n# select *\n```')).toEqual([
      { type: 'code', language: 'sql', text: '# select *' },
    ])
  })

  it('reads tables', () => {
    const [table] = parseMarkdown('| a | b |\n|---|--:|\n| 1 | `x` |')
    expect(table).toEqual({
      type: 'table',
      head: [[{ type: 'text', text: 'a' }], [{ type: 'text', text: 'b' }]],
      rows: [[[{ type: 'text', text: '1' }], [{ type: 'code', text: 'x' }]]],
    })
  })

  it('ends on any text, within memory', () => {
    const lines = fc.constantFrom(
      '# a',
      '- b',
      '  - c',
      '1. d',
      '> e',
      '```',
      '| f |',
      '|---|',
      '',
      '---',
      'g',
      '    h',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(lines, fc.string())), (parts) => {
        expect(parseMarkdown(parts.join('\n')).length).toBeLessThanOrEqual(parts.join('\n').length + 1)
      }),
    )
  })
})

describe('parseInline', () => {
  it('reads emphasis, code and links', () => {
    expect(parseInline('a **b *c*** `d` [e](https://f.example)')).toEqual([
      { type: 'text', text: 'a ' },
      {
        type: 'strong',
        children: [
          { type: 'text', text: 'b ' },
          { type: 'emphasis', children: [{ type: 'text', text: 'c' }] },
        ],
      },
      { type: 'text', text: ' ' },
      { type: 'code', text: 'd' },
      { type: 'text', text: ' ' },
      { type: 'link', href: 'https://f.example', children: [{ type: 'text', text: 'e' }] },
    ])
  })

  it('leaves names with underscores and multiplication alone', () => {
    expect(parseInline('monthly_charges_total 2 * 3 * 4')).toEqual([
      { type: 'text', text: 'monthly_charges_total 2 * 3 * 4' },
    ])
  })

  it('makes no link of what could run, and no element of HTML', () => {
    expect(parseInline('[x](javascript:alert(1))').some((part) => part.type === 'link')).toBe(false)
    expect(parseInline('<img src=x onerror=alert(1)>')).toEqual([
      { type: 'text', text: '<img src=x onerror=alert(1)>' },
    ])
  })

  it('loses no plain word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/)), (words) => {
        expect(textOf(parseInline(words.join(' ')))).toBe(words.join(' '))
      }),
    )
  })
})
