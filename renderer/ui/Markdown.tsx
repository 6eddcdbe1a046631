import { Fragment, type ReactNode } from 'react'
import { type Block, type Inline, parseMarkdown } from './markdown.ts'
import { withKeys } from './with-keys.ts'

function Inlines({ parts }: { readonly parts: readonly Inline[] }): ReactNode {
  return withKeys(parts).map(({ key, part }) => {
    switch (part.type) {
      case 'text':
        return <Fragment key={key}>{part.text}</Fragment>
      case 'code':
        return <code key={key}>{part.text}</code>
      case 'strong':
        return (
          <strong key={key}>
            <Inlines parts={part.children} />
          </strong>
        )
      case 'emphasis':
        return (
          <em key={key}>
            <Inlines parts={part.children} />
          </em>
        )
      case 'link':
        return (
          <a key={key} href={part.href} target="_blank" rel="noreferrer noopener">
            <Inlines parts={part.children} />
          </a>
        )
      default:
        return part satisfies never
    }
  })
}

function Heading({ level, children }: { readonly level: number; readonly children: ReactNode }) {
  if (level === 1) return <h2>{children}</h2>
  if (level === 2) return <h3>{children}</h3>
  return <h4>{children}</h4>
}

/** A list item that begins with a paragraph is written without one, as lists without blank lines are meant. */
function Item({ blocks }: { readonly blocks: readonly Block[] }) {
  const [first, ...rest] = blocks
  if (first?.type !== 'paragraph') return <Blocks blocks={blocks} />
  return (
    <>
      <Inlines parts={first.children} />
      <Blocks blocks={rest} />
    </>
  )
}

function Table({ table }: { readonly table: Extract<Block, { type: 'table' }> }) {
  return (
    <table className="sw-table">
      <thead>
        <tr>
          {withKeys(table.head).map(({ key, part }) => (
            <th key={key}>
              <Inlines parts={part} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {withKeys(table.rows).map(({ key: rowKey, part: row }) => (
          <tr key={rowKey}>
            {withKeys(row).map(({ key, part }) => (
              <td key={key}>
                <Inlines parts={part} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Blocks({ blocks }: { readonly blocks: readonly Block[] }): ReactNode {
  return withKeys(blocks).map(({ key, part }) => {
    switch (part.type) {
      case 'heading':
        return (
          <Heading key={key} level={part.level}>
            <Inlines parts={part.children} />
          </Heading>
        )
      case 'paragraph':
        return (
          <p key={key}>
            <Inlines parts={part.children} />
          </p>
        )
      case 'code':
        return (
          <pre key={key}>
            <code>{part.text}</code>
          </pre>
        )
      case 'quote':
        return (
          <blockquote key={key}>
            <Blocks blocks={part.children} />
          </blockquote>
        )
      case 'rule':
        return <hr key={key} />
      case 'list': {
        const items = withKeys(part.items).map((item) => (
          <li key={item.key}>
            <Item blocks={item.part} />
          </li>
        ))
        return part.ordered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>
      }
      case 'table':
        return <Table key={key} table={part} />
      default:
        return part satisfies never
    }
  })
}

/** Markdown rendered by our own elements: no HTML of the source ever reaches the page. */
export function Markdown({ source }: { readonly source: string }) {
  return (
    <div className="sw-markdown">
      <Blocks blocks={parseMarkdown(source)} />
    </div>
  )
}
