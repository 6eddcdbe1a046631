/** Markdown as a tree; raw HTML is text like any other, so nothing in a notebook can run in the window. */

export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'strong' | 'emphasis'; readonly children: readonly Inline[] }
  | { readonly type: 'link'; readonly href: string; readonly children: readonly Inline[] }

export type Block =
  | { readonly type: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly type: 'code'; readonly language: string; readonly text: string }
  | { readonly type: 'quote'; readonly children: readonly Block[] }
  | {
      readonly type: 'table'
      readonly head: readonly (readonly Inline[])[]
      readonly rows: readonly (readonly (readonly Inline[])[])[]
    }
  | { readonly type: 'rule' }

const safeLink = /^(https?:\/\/|mailto:)/i

function withoutEscapes(text: string): string {
  return text.replace(/\\([\\`*_{}[\]()#+\-.!|~>])/g, '$1')
}

const inlinePattern =
  /(?<code>`+)(?<codeText>[\s\S]*?[^`])\k<code>(?!`)|(?<!\\)\*\*(?<strong>[^\s*](?:[\s\S]*?[^\s\\])?)\*\*(?!\*)|(?<![\\\w])__(?<strong2>[^\s_](?:[\s\S]*?[^\s\\])?)__(?!\w)|(?<![\\*])\*(?<em>[^\s*](?:[^*]*[^\s*\\])?)\*(?!\*)|(?<![\\\w_])_(?<em2>[^\s_](?:[^_]*[^\s_\\])?)_(?!\w)|(?<![\\!])\[(?<link>[^\]]+)\]\((?<href>[^()\s]+)(?:\s+"[^"]*")?\)|(?<auto>https?:\/\/[^\s<>()]*[^\s<>().,;:!?'"])/g

/** Code, emphasis and links in a run of text. A link that is not http(s) or mailto stays text. */
export function parseInline(text: string): readonly Inline[] {
  const parts: Inline[] = []
  let at = 0
  const plain = (end: number) => {
    if (end > at) parts.push({ type: 'text', text: withoutEscapes(text.slice(at, end)) })
  }
  for (const match of text.matchAll(inlinePattern)) {
    const groups = match.groups ?? {}
    const { codeText, link, href, auto } = groups
    const strong = groups.strong ?? groups.strong2
    const emphasis = groups.em ?? groups.em2
    plain(match.index)
    at = match.index + match[0].length
    if (codeText !== undefined) parts.push({ type: 'code', text: codeText.trim() })
    else if (strong !== undefined) parts.push({ type: 'strong', children: parseInline(strong) })
    else if (emphasis !== undefined) parts.push({ type: 'emphasis', children: parseInline(emphasis) })
    else if (auto !== undefined)
      parts.push({ type: 'link', href: auto, children: [{ type: 'text', text: auto }] })
    else if (link !== undefined && href !== undefined && safeLink.test(href)) {
      parts.push({ type: 'link', href, children: parseInline(link) })
    } else parts.push({ type: 'text', text: match[0] })
  }
  plain(text.length)
  return parts
}

const listItem = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/
const fence = /^\s{0,3}(```+|~~~+)\s*(\S*)/
const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/
const rule = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/
const tableLine = /^\s*\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*$/

function cells(line: string): readonly (readonly Inline[])[] {
  return line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => parseInline(cell.trim()))
}

export function parseMarkdown(source: string): readonly Block[] {
  return parseLines(source.replaceAll('\r\n', '\n').split('\n'))
}

function parseLines(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = []
  let at = 0
  const line = (index: number) => lines[index] ?? ''
  while (at < lines.length) {
    const text = line(at)
    const fenced = fence.exec(text)
    const head = heading.exec(text)
    const item = listItem.exec(text)
    if (text.trim() === '') {
      at++
    } else if (fenced) {
      const mark = fenced[1] ?? '```'
      const body: string[] = []
      for (at++; at < lines.length && !line(at).trim().startsWith(mark); at++) body.push(line(at))
      at++
      blocks.push({ type: 'code', language: fenced[2] ?? '', text: body.join('\n') })
    } else if (head) {
      blocks.push({ type: 'heading', level: head[1]?.length ?? 1, children: parseInline(head[2] ?? '') })
      at++
    } else if (rule.test(text)) {
      blocks.push({ type: 'rule' })
      at++
    } else if (text.trim().startsWith('>')) {
      const body: string[] = []
      for (; at < lines.length && line(at).trim().startsWith('>'); at++) {
        body.push(line(at).trim().replace(/^>\s?/, ''))
      }
      blocks.push({ type: 'quote', children: parseLines(body) })
    } else if (item) {
      const ordered = /\d/.test(item[2] ?? '')
      const indent = item[1]?.length ?? 0
      const items: string[][] = []
      for (; at < lines.length; at++) {
        const next = listItem.exec(line(at))
        const depth = /^\s*/.exec(line(at))?.[0].length ?? 0
        const last = items.at(-1)
        if (next && (next[1]?.length ?? 0) <= indent + 1) {
          if (/\d/.test(next[2] ?? '') !== ordered) break
          items.push([next[3] ?? ''])
        } else if (line(at).trim() === '') {
          if (!listItem.test(line(at + 1)) && !/^\s{2,}\S/.test(line(at + 1))) break
          last?.push('')
        } else if (depth > indent) last?.push(line(at).slice(Math.min(depth, indent + 2)))
        else break
      }
      blocks.push({ type: 'list', ordered, items: items.map(parseLines) })
    } else if (text.includes('|') && tableLine.test(line(at + 1))) {
      const head = cells(text)
      const rows: (readonly (readonly Inline[])[])[] = []
      for (at += 2; at < lines.length && line(at).includes('|'); at++) rows.push(cells(line(at)))
      blocks.push({ type: 'table', head, rows })
    } else {
      const body: string[] = []
      for (; at < lines.length && line(at).trim() !== ''; at++) {
        const next = line(at)
        if (body.length > 0 && (fence.test(next) || heading.test(next) || listItem.test(next))) break
        body.push(next.trim())
      }
      blocks.push({ type: 'paragraph', children: parseInline(body.join(' ')) })
    }
  }
  return blocks
}
