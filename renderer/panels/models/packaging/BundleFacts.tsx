import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileArchive, FolderOpen } from 'lucide-react'
import type { BundleArchive } from '../../../../shared/contract/bundles.ts'
import { api } from '../../../client.ts'
import { CopyButton } from '../../../ui/CopyButton.tsx'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { formatBytes } from '../../../ui/format.ts'
import { Time } from '../../../ui/Time.tsx'

/** Where a bundle is, as a folder and as one file to send, which is packed when asked for. */
export function BundleFacts(props: {
  readonly path: string
  readonly bytes: number
  readonly created?: string
  readonly archive: BundleArchive | null
}) {
  const { path, archive } = props
  const queries = useQueryClient()
  const reveal = useMutation(api.bundles.reveal.mutationOptions())
  const pack = useMutation(
    api.bundles.archive.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.bundles.key() }),
    }),
  )
  return (
    <div className="sw-models-bundle">
      <p className="sw-models-path">
        <code>{path}</code>
        <CopyButton text={path} label="Copy the path" />
      </p>
      {archive !== null && (
        <p className="sw-models-path" title={archive.path}>
          <code>{archive.path.split(/[\\/]/).at(-1)}</code>
          <CopyButton text={archive.path} label="Copy the path of the archive" />
          <span className="sw-muted">{formatBytes(archive.bytes)}</span>
        </p>
      )}
      <div className="sw-models-row">
        <span className="sw-muted">
          {formatBytes(props.bytes)}
          {props.created !== undefined && (
            <>
              , packaged <Time at={props.created} />
            </>
          )}
        </span>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<FolderOpen size={13} />}
          loading={reveal.isPending}
          onClick={() => reveal.mutate({ path })}
        >
          Reveal in folder
        </Button>
        {archive === null && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<FileArchive size={13} />}
            title="Writes the bundle as one .tar.gz beside its folder, to be sent elsewhere"
            loading={pack.isPending}
            onClick={() => pack.mutate({ path })}
          >
            Pack as one file
          </Button>
        )}
      </div>
      {reveal.isError && <ErrorNote error={reveal.error} />}
      {pack.isError && <ErrorNote error={pack.error} />}
    </div>
  )
}
