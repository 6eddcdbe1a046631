import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../client.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { runCommand } from './commands.ts'
import { openTab } from './open-tab.ts'

/** What waits for the first model, with the way to one: a notebook. */
export function NoModelYet(props: { readonly children: ReactNode }) {
  const files = useQuery(api.workspace.files.queryOptions())
  const notebook = files.data?.find((file) => file.kind === 'notebook')
  return (
    <EmptyState
      action={
        notebook === undefined
          ? { label: 'New notebook', onClick: () => runCommand('new-notebook') }
          : {
              label: `Open ${notebook.path}`,
              onClick: () => openTab({ kind: 'notebook', id: notebook.path, title: notebook.path }),
            }
      }
    >
      {props.children}
    </EmptyState>
  )
}
