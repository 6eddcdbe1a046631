import { ActionIcon, Button, FileButton, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, File, FilePlus2, FileText, Pencil, Sheet, Upload } from 'lucide-react'
import { useMemo, useState } from 'react'
import { api, engine, queryClient } from '../../client.ts'
import { runCommand } from '../../shell/commands.ts'
import { noticeDone, noticeFailure } from '../../shell/notice.ts'
import { openTab } from '../../shell/open-tab.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatBytes, formatTime } from '../../ui/format.ts'
import { SideItem, SideList } from '../../ui/SideList.tsx'
import { useFileDrop } from '../../ui/use-file-drop.ts'
import { fileTree, type TreeNode } from './file-tree.ts'
import { RenameField } from './RenameField.tsx'
import { UploadList } from './UploadList.tsx'
import { uploadFile } from './uploads.ts'

const accepted = '.csv,.tsv,.parquet,.json,.ndjson,.jsonl'

async function importFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    const relation = await uploadFile(file)
    if (relation) openTab({ kind: 'relation', id: relation.name, title: relation.name })
  }
}

async function importFromWorkspace(path: string): Promise<void> {
  try {
    const relation = await engine.data.importPath({ path })
    noticeDone(`${path} is now the relation ${relation.name}.`)
    openTab({ kind: 'relation', id: relation.name, title: relation.name })
  } catch (error) {
    noticeFailure(`Importing ${path}`, error)
  }
}

function open(node: TreeNode): void {
  if (node.kind === 'notebook') openTab({ kind: 'notebook', id: node.path, title: node.name })
  else if (node.kind === 'data') importFromWorkspace(node.path)
  else
    noticeDone(`${node.name} is neither a notebook nor data, so it does not open here. Use another program.`)
}

function FileIcon({ kind }: { readonly kind: TreeNode['kind'] }) {
  if (kind === 'notebook') return <FileText size={14} />
  return kind === 'data' ? <Sheet size={14} /> : <File size={14} />
}

/** The workspace's files; notebooks open, data files are imported. */
export function FilesList() {
  const files = useQuery({
    ...api.workspace.files.queryOptions(),
    // Other programs and the notebooks' own code put files here, of which nobody tells. Less often where there are many.
    refetchInterval: (query) => Math.max(3_000, 10 * (query.state.data?.length ?? 0)),
    refetchOnMount: 'always',
    refetchOnWindowFocus: 'always',
  })
  const tree = useMemo(() => fileTree(files.data ?? []), [files.data])
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [renaming, setRenaming] = useState<string | undefined>()

  const toggle = (path: string) =>
    setFolded((before) => {
      const next = new Set(before)
      if (!next.delete(path)) next.add(path)
      return next
    })

  const rename = async (from: string, name: string) => {
    setRenaming(undefined)
    const to = [...from.split('/').slice(0, -1), name].join('/')
    if (name === '' || to === from) return
    try {
      await engine.workspace.renameFile({ from, to })
      queryClient.invalidateQueries({ queryKey: api.workspace.files.key() })
    } catch (error) {
      noticeFailure(`Renaming ${from}`, error)
    }
  }

  const rows = (nodes: readonly TreeNode[], depth: number): React.ReactNode[] =>
    nodes.flatMap((node) => {
      if (node.kind === 'folder') {
        const open = !folded.has(node.path)
        return [
          <SideItem
            key={node.path}
            depth={depth}
            expanded={open}
            icon={open ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
            onOpen={() => toggle(node.path)}
          >
            {node.name}
          </SideItem>,
          ...(open ? rows(node.children, depth + 1) : []),
        ]
      }
      if (renaming === node.path) {
        return [
          <RenameField
            key={node.path}
            depth={depth}
            name={node.name}
            onDone={(name) => rename(node.path, name)}
          />,
        ]
      }
      const facts = node.entry
        ? `${formatBytes(node.entry.bytes)}, changed ${formatTime(node.entry.modified)}`
        : ''
      return [
        <SideItem
          key={node.path}
          depth={depth}
          icon={<FileIcon kind={node.kind} />}
          title={`${node.path}\n${facts}${node.kind === 'data' ? '\nOpening imports it as a relation' : ''}`}
          onOpen={() => open(node)}
          actions={
            <ActionIcon size="sm" aria-label={`Rename ${node.name}`} onClick={() => setRenaming(node.path)}>
              <Pencil size={12} />
            </ActionIcon>
          }
        >
          {node.name}
        </SideItem>,
      ]
    })

  const { dropping, handlers } = useFileDrop(importFiles)
  return (
    <section
      className={dropping ? 'sw-side sw-drop' : 'sw-side'}
      aria-label="Files; drop data files here to import them"
      {...handlers}
    >
      <SideList
        title="Files"
        actions={
          <>
            <Tooltip label="New notebook">
              <ActionIcon aria-label="New notebook" onClick={() => runCommand('new-notebook')}>
                <FilePlus2 size={15} />
              </ActionIcon>
            </Tooltip>
            <FileButton accept={accepted} multiple onChange={(chosen) => importFiles(chosen)}>
              {(button) => (
                <Tooltip label="Import CSV, Parquet, JSON or NDJSON files">
                  <ActionIcon aria-label="Import data files" {...button}>
                    <Upload size={15} />
                  </ActionIcon>
                </Tooltip>
              )}
            </FileButton>
          </>
        }
      >
        <UploadList />
        {files.error && <ErrorNote error={files.error} />}
        {files.data?.length === 0 && (
          <EmptyState action={{ label: 'New notebook', onClick: () => runCommand('new-notebook') }}>
            This folder is empty. Make a notebook, or drop data files here.
          </EmptyState>
        )}
        {rows(tree, 0)}
        {files.data && files.data.length > 0 && (
          <FileButton accept={accepted} multiple onChange={(chosen) => importFiles(chosen)}>
            {(button) => (
              <Button variant="subtle" color="gray" m={8} leftSection={<Upload size={13} />} {...button}>
                Import data, or drop it here
              </Button>
            )}
          </FileButton>
        )}
      </SideList>
    </section>
  )
}
