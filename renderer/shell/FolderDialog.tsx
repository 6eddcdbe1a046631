import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CornerLeftUp, Folder, FolderCheck } from 'lucide-react'
import { useState } from 'react'
import { api } from '../client.ts'
import { ErrorNote } from '../ui/ErrorNote.tsx'
import { nameProblem } from '../ui/name-problem.ts'
import { SideItem } from '../ui/SideList.tsx'

/** Chooses a folder of the machine the engine runs on, where there is no native dialog. */
export function FolderDialog(props: {
  readonly title: string
  /** Suggested name of a new folder in the chosen one; without it, the chosen folder itself. */
  readonly create: string | undefined
  readonly onChoose: (path: string) => void
  readonly onClose: () => void
}) {
  const [path, setPath] = useState<string | undefined>()
  const [name, setName] = useState(props.create ?? '')
  const folders = useQuery({
    ...api.workspace.browse.queryOptions({ input: path === undefined ? {} : { path } }),
    staleTime: 0,
  })
  const here = folders.data?.path ?? ''
  const separator = here.includes('\\') ? '\\' : '/'
  const target = props.create === undefined ? here : `${here.replace(/[\\/]$/, '')}${separator}${name.trim()}`
  const problem = nameProblem(name.trim())
  const usable = here !== '' && (props.create === undefined || (name.trim() !== '' && problem === undefined))
  return (
    <Modal opened onClose={props.onClose} title={props.title} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (usable) props.onChoose(target)
        }}
      >
        <p className="sw-muted sw-code">{here}</p>
        <div className="sw-folders">
          {folders.error && (
            <ErrorNote
              error={folders.error}
              action={{ label: 'Home folder', onClick: () => setPath(undefined) }}
            />
          )}
          {folders.data?.parent && (
            <SideItem
              icon={<CornerLeftUp size={14} />}
              onOpen={() => setPath(folders.data?.parent ?? undefined)}
            >
              Folder above
            </SideItem>
          )}
          {folders.data?.folders.map((folder) => (
            <SideItem
              key={folder.path}
              icon={folder.workspace ? <FolderCheck size={14} /> : <Folder size={14} />}
              end={folder.workspace ? 'workspace' : undefined}
              onOpen={() => setPath(folder.path)}
            >
              {folder.name}
            </SideItem>
          ))}
        </div>
        {props.create !== undefined && (
          <TextInput
            label="Name of the new folder"
            value={name}
            error={problem}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!usable}>
            {props.create === undefined ? 'Open this folder' : 'Create it here'}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
