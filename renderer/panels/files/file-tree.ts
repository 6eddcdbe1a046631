import type { FileEntry } from '../../../shared/contract/workspace.ts'

export interface TreeNode {
  readonly name: string
  /** Relative to the workspace, with `/`. */
  readonly path: string
  readonly kind: FileEntry['kind']
  readonly entry: FileEntry | undefined
  readonly children: readonly TreeNode[]
}

interface Building {
  name: string
  path: string
  entry: FileEntry | undefined
  children: Map<string, Building>
}

function freeze(node: Building): TreeNode {
  const children = [...node.children.values()].map(freeze)
  const kind = node.entry?.kind ?? 'folder'
  // Folders first, then by name as people count: `file 2` before `file 10`.
  children.sort(
    (a, b) =>
      Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  )
  return { name: node.name, path: node.path, kind, entry: node.entry, children }
}

/** Paths as a tree; folders that are only named by what is in them get a node too. */
export function fileTree(entries: readonly FileEntry[]): readonly TreeNode[] {
  const root: Building = { name: '', path: '', entry: undefined, children: new Map() }
  for (const entry of entries) {
    let node = root
    for (const name of entry.path.split('/')) {
      let child = node.children.get(name)
      if (!child) {
        child = {
          name,
          path: node.path === '' ? name : `${node.path}/${name}`,
          entry: undefined,
          children: new Map(),
        }
        node.children.set(name, child)
      }
      node = child
    }
    node.entry = entry
  }
  return freeze(root).children
}
