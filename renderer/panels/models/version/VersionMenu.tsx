import { ActionIcon, Menu } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { Copy, Ellipsis, FolderOpen, Hash, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { ModelDetail } from '../../../../shared/contract/models.ts'
import { api } from '../../../client.ts'
import { noticeDone, noticeFailure } from '../../../shell/notice.ts'
import { versionReference } from '../version-id.ts'
import { DeleteVersion } from './DeleteVersion.tsx'

/** What is seldom done with a version. */
export function VersionMenu(props: { readonly detail: ModelDetail }) {
  const { record, aliases } = props.detail
  const version = { name: record.name, version: record.version }
  const [deleting, setDeleting] = useState(false)
  const clipboard = useClipboard()
  const reveal = useMutation(
    api.models.reveal.mutationOptions({
      onError: (error) => noticeFailure(`Showing the folder of ${versionReference(version)}`, error),
    }),
  )
  const copy = (text: string) => {
    clipboard.copy(text)
    noticeDone(`${text} is on the clipboard.`)
  }
  const references = [versionReference(version), ...aliases.map((alias) => `${record.name}@${alias}`)]
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon size={30} variant="default" aria-label="More actions">
            <Ellipsis size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {references.map((reference) => (
            <Menu.Item key={reference} leftSection={<Copy size={14} />} onClick={() => copy(reference)}>
              Copy {reference}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<Hash size={14} />} onClick={() => copy(record.digest)}>
            Copy the digest
          </Menu.Item>
          <Menu.Item leftSection={<FolderOpen size={14} />} onClick={() => reveal.mutate(version)}>
            Reveal in folder
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            c="var(--sw-failed)"
            leftSection={<Trash2 size={14} />}
            onClick={() => setDeleting(true)}
          >
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteVersion version={version} opened={deleting} onClose={() => setDeleting(false)} />
    </>
  )
}
