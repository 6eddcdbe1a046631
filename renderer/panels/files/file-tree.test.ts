import { describe, expect, it } from 'vitest'
import type { FileEntry } from '../../../shared/contract/workspace.ts'
import { fileTree } from './file-tree.ts'

function entry(path: string, kind: FileEntry['kind'] = 'data'): FileEntry {
  return { path, kind, bytes: 1, modified: '2026-01-01T00:00:00Z' }
}

describe('fileTree', () => {
  it('puts folders first and counts numbers in names', () => {
    const tree = fileTree([
      entry('part 10.csv'),
      entry('part 2.csv'),
      entry('data', 'folder'),
      entry('data/a.csv'),
    ])
    expect(tree.map((node) => node.name)).toEqual(['data', 'part 2.csv', 'part 10.csv'])
    expect(tree[0]?.children.map((node) => node.path)).toEqual(['data/a.csv'])
  })

  it('makes nodes for folders that are not listed themselves', () => {
    const tree = fileTree([entry('a/b/c.ipynb', 'notebook')])
    expect(tree[0]).toMatchObject({ name: 'a', kind: 'folder' })
    expect(tree[0]?.children[0]?.children[0]).toMatchObject({ path: 'a/b/c.ipynb', kind: 'notebook' })
  })
})
