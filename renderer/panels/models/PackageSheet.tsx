import { Button, Drawer, Progress } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { FolderOpen, RotateCw, Square } from 'lucide-react'
import { useEffect } from 'react'
import type { BundleInfo } from '../../../shared/contract/bundles.ts'
import type { VersionRef } from '../../../shared/contract/models.ts'
import { api } from '../../client.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatBytes, formatShare } from '../../ui/format.ts'
import { QueryView } from '../../ui/QueryView.tsx'
import { Time } from '../../ui/Time.tsx'
import { CheckList } from './CheckList.tsx'
import { DeployForm } from './DeployForm.tsx'
import type { PackageProgress } from './package-progress.ts'
import type { Packaging } from './use-packaging.ts'

export type SheetPurpose = 'package' | 'deploy'

interface SheetProps {
  /** Null: closed. Packaging goes on behind a closed sheet. */
  readonly purpose: SheetPurpose | null
  readonly version: VersionRef
  readonly packaging: Packaging
  readonly onClose: () => void
}

/** Packages a version while its checks fill in, and deploys the bundle. */
export function PackageSheet(props: SheetProps) {
  const { purpose, version, onClose } = props
  const title = `${purpose === 'deploy' ? 'Deploy' : 'Package'} ${version.name} v${version.version}`
  return (
    <Drawer
      opened={purpose !== null}
      onClose={onClose}
      position="right"
      size={480}
      title={<strong>{title}</strong>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 100 }}
    >
      {purpose !== null && <Sheet {...props} purpose={purpose} />}
    </Drawer>
  )
}

function Sheet(props: SheetProps & { readonly purpose: SheetPurpose }) {
  const { version } = props
  const bundles = useQuery(api.bundles.list.queryOptions())
  return (
    <QueryView query={bundles} loading="Looking for bundles">
      {(all) => {
        const existing = all.find(
          (bundle) => bundle.name === version.name && bundle.version === version.version,
        )
        return <SheetBody {...props} existing={existing ?? null} />
      }}
    </QueryView>
  )
}

function SheetBody(
  props: SheetProps & { readonly purpose: SheetPurpose; readonly existing: BundleInfo | null },
) {
  const { purpose, version, packaging, existing, onClose } = props
  const { progress, start } = packaging
  const idle = progress === null
  const none = existing === null

  // Asking for a bundle is asking to make it: there is nothing to choose first.
  useEffect(() => {
    if (idle && (none || purpose === 'package')) start()
  }, [idle, none, purpose, start])

  if (progress === null) {
    if (existing === null) return null
    return (
      <div className="sw-models-sheet">
        <BundleFacts path={existing.path} bytes={existing.bytes} created={existing.created} />
        <DeployForm bundle={existing.path} model={version.name} onDeployed={onClose} />
        <PackageAgain onClick={start} />
      </div>
    )
  }
  return (
    <div className="sw-models-sheet">
      <ProgressHead progress={progress} onCancel={packaging.cancel} />
      <CheckList checks={progress.checks} />
      <Ending progress={progress} version={version} packaging={packaging} onClose={onClose} />
    </div>
  )
}

function ProgressHead(props: { readonly progress: PackageProgress; readonly onCancel: () => void }) {
  const { progress, onCancel } = props
  if (progress.outcome.type !== 'running') return null
  return (
    <div className="sw-models-progress">
      <div className="sw-models-row">
        <span aria-live="polite">{progress.step} …</span>
        <span className="sw-models-progress-figure">{formatShare(progress.fraction)}</span>
        <Button size="compact-xs" variant="default" leftSection={<Square size={11} />} onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <Progress
        value={progress.fraction * 100}
        size="sm"
        transitionDuration={100}
        aria-label={`Packaging: ${formatShare(progress.fraction)}`}
      />
    </div>
  )
}

function Ending(props: {
  readonly progress: PackageProgress
  readonly version: VersionRef
  readonly packaging: Packaging
  readonly onClose: () => void
}) {
  const { progress, version, packaging, onClose } = props
  const { outcome } = progress
  switch (outcome.type) {
    case 'running':
      return null
    case 'cancelled':
      return (
        <div className="sw-models-ending">
          <p>Packaging was cancelled, and what had been written was removed.</p>
          <Button variant="default" onClick={packaging.start}>
            Package
          </Button>
        </div>
      )
    case 'failed':
      return (
        <ErrorNote content={outcome.failure} action={{ label: 'Package again', onClick: packaging.start }} />
      )
    case 'done': {
      const { report } = outcome
      return (
        <div className="sw-models-ending">
          <BundleFacts path={report.path} bytes={report.bytes} />
          {report.ok ? (
            <>
              <DeployForm bundle={report.path} model={version.name} onDeployed={onClose} />
              <PackageAgain onClick={packaging.start} />
            </>
          ) : (
            <ErrorNote
              content={{
                message: `The bundle of ${version.name} v${version.version} did not pass every check.`,
                whatToDo:
                  'Read what the failed check found above, then package again. It should not be deployed.',
              }}
              action={{ label: 'Package again', onClick: packaging.start }}
            />
          )}
        </div>
      )
    }
  }
}

function PackageAgain(props: { readonly onClick: () => void }) {
  return (
    <Button variant="subtle" color="gray" leftSection={<RotateCw size={13} />} onClick={props.onClick}>
      Package again
    </Button>
  )
}

function BundleFacts(props: { readonly path: string; readonly bytes: number; readonly created?: string }) {
  const { path } = props
  const reveal = useMutation(api.bundles.reveal.mutationOptions())
  return (
    <div className="sw-models-bundle">
      <p className="sw-models-path">
        <code>{path}</code>
        <CopyButton text={path} label="Copy the path" />
      </p>
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
      </div>
      {reveal.isError && <ErrorNote error={reveal.error} />}
    </div>
  )
}
