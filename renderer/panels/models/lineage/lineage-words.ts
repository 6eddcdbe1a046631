import type { LineageKind, LineageNode } from '../../../../shared/catalog/lineage-graph.ts'

export const lineageWords: Readonly<Record<LineageKind, string>> = {
  file: 'File',
  table: 'Table',
  cell: 'Cell',
  relation: 'Relation',
  features: 'Feature pipeline',
  version: 'Version',
  bundle: 'Bundle',
  deployment: 'Deployment',
}

const cellWords: Readonly<Record<string, string>> = {
  sql: 'SQL cell',
  typescript: 'TypeScript cell',
  check: 'Check',
  train: 'Train cell',
}

/** An endpoint on this machine is told apart by its port. */
function whereOf(endpoint: string): string {
  const port = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(endpoint)
  return port ? `port ${port[1]}` : endpoint.replace(/^https?:\/\//, '')
}

/** What a narrow box has room for: files by their name alone, and no hashes; all of it is in the title on hover. */
export function lineageLines(node: LineageNode): { readonly title: string; readonly below: string } {
  const word = lineageWords[node.kind]
  const isPath = node.kind === 'file' || node.kind === 'relation' || node.kind === 'table'
  const title = isPath ? (node.title.split(/[/\\]/).at(-1) ?? node.title) : node.title
  switch (node.kind) {
    case 'cell':
      return { title, below: cellWords[node.detail.split(',')[0] ?? ''] ?? word }
    case 'version':
      return { title, below: word }
    case 'file':
      return { title, below: node.detail.startsWith('SHA-256') ? word : `${word} · ${node.detail}` }
    case 'features':
      return { title, below: node.detail.replace(/ in$/, '') }
    case 'relation':
    case 'table':
      // How much there is says more than what it is, which the picture tells.
      return { title, below: node.detail }
    case 'bundle':
      return { title, below: node.detail === 'for any' ? word : `${word} ${node.detail}` }
    case 'deployment':
      return { title, below: whereOf(node.detail) }
  }
}
