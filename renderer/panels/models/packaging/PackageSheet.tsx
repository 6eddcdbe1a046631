import { Button, Drawer, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { RotateCw, Square } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Target } from '../../../../shared/bundle/manifest.ts'
import type { BundleInfo } from '../../../../shared/contract/bundles.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { api } from '../../../client.ts'
import { ErrorNote } from '../../../ui/ErrorNote.tsx'
import { formatShare } from '../../../ui/format.ts'
import { QueryView } from '../../../ui/QueryView.tsx'
import { BundleFacts } from './BundleFacts.tsx'
import { CheckList } from './CheckList.tsx'
import { DeployForm } from './DeployForm.tsx'
import { GatesSection } from './GatesSection.tsx'
import type { PackageProgress } from './package-progress.ts'
import { reportEnding, signerWarning } from './report-ending.ts'
import { TargetSelect } from './TargetSelect.tsx'
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
  const { version, packaging } = props
  const bundles = useQuery(api.bundles.list.queryOptions())
  const targets = useQuery(
    api.bundles.targets.queryOptions({ input: { name: version.name, version: version.version } }),
  )
  const [chosen, setChosen] = useState<Target | null>(null)
  const target = chosen ?? targets.data?.[0]
  if (targets.isError) return <ErrorNote error={targets.error} />
  if (target === undefined) return null
  return (
    <QueryView query={bundles} loading="Looking for bundles">
      {(all) => {
        const existing = all.find(
          (bundle) =>
            bundle.name === version.name && bundle.version === version.version && bundle.target === target,
        )
        return (
          <>
            <TargetSelect
              value={target}
              choices={targets.data ?? []}
              disabled={packaging.progress?.outcome.type === 'running'}
              onChange={(next) => {
                packaging.clear()
                setChosen(next)
              }}
            />
            <GatesSection model={version.name} />
            <SheetBody {...props} target={target} existing={existing ?? null} />
          </>
        )
      }}
    </QueryView>
  )
}

function SheetBody(
  props: SheetProps & {
    readonly purpose: SheetPurpose
    readonly target: Target
    readonly existing: BundleInfo | null
  },
) {
  const { purpose, version, packaging, target, existing, onClose } = props
  const { progress, startPackage, startVerify } = packaging
  const idle = progress === null
  const path = existing?.path ?? null

  // Asking for a bundle is asking to make it, or to prove the one that is there: there is nothing to choose first.
  useEffect(() => {
    if (!idle) return
    if (path === null) startPackage(target)
    else if (purpose === 'package') startVerify(path)
  }, [idle, path, purpose, target, startPackage, startVerify])

  if (progress === null) {
    if (existing === null) return null
    return (
      <div className="sw-models-sheet">
        <BundleFacts {...existing} />
        <SignerNote signer={existing.signer} />
        <DeployForm bundle={existing.path} model={version.name} onDeployed={onClose} />
        <VerifyAgain onClick={() => startVerify(existing.path)} />
      </div>
    )
  }
  return (
    <div className="sw-models-sheet">
      {packaging.work === 'verify' && progress.outcome.type === 'running' && (
        <p className="sw-muted">The bundle of this version is there already; it is being verified again.</p>
      )}
      <ProgressHead progress={progress} work={packaging.work} onCancel={packaging.cancel} />
      {progress.checks.length > 0 && <CheckList checks={progress.checks} />}
      <Ending
        progress={progress}
        version={version}
        packaging={packaging}
        target={target}
        existing={existing}
        onClose={onClose}
      />
    </div>
  )
}

function ProgressHead(props: {
  readonly progress: PackageProgress
  readonly work: Packaging['work']
  readonly onCancel: () => void
}) {
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
        aria-label={`${props.work === 'package' ? 'Packaging' : 'Verifying'}: ${formatShare(progress.fraction)}`}
      />
    </div>
  )
}

function Ending(props: {
  readonly progress: PackageProgress
  readonly version: VersionRef
  readonly packaging: Packaging
  readonly target: Target
  readonly existing: BundleInfo | null
  readonly onClose: () => void
}) {
  const { progress, version, packaging, target, existing, onClose } = props
  const { outcome } = progress
  const again =
    packaging.work === 'verify' && existing !== null
      ? { label: 'Verify again', onClick: () => packaging.startVerify(existing.path) }
      : { label: 'Package again', onClick: () => packaging.startPackage(target) }
  switch (outcome.type) {
    case 'running':
      return null
    case 'cancelled':
      return (
        <div className="sw-models-ending">
          <p>
            {packaging.work === 'package'
              ? 'Packaging was cancelled, and what had been written was removed.'
              : 'Verifying was cancelled; the bundle is as it was.'}
          </p>
          <Button variant="default" onClick={again.onClick}>
            {again.label}
          </Button>
        </div>
      )
    case 'failed':
      return <ErrorNote content={outcome.failure} action={again} />
    case 'done': {
      const { report } = outcome
      const { bundle, problem } = reportEnding(packaging.work, version, report)
      return (
        <div className="sw-models-ending">
          {bundle !== null && <BundleFacts {...bundle} archive={existing?.archive ?? null} />}
          {problem === null ? (
            <>
              {existing !== null && <SignerNote signer={existing.signer} />}
              <DeployForm bundle={report.path} model={version.name} onDeployed={onClose} />
              <VerifyAgain onClick={() => packaging.startVerify(report.path)} />
            </>
          ) : (
            <ErrorNote content={problem} action={again} />
          )}
        </div>
      )
    }
  }
}

function SignerNote(props: { readonly signer: BundleInfo['signer'] }) {
  const warning = signerWarning(props.signer)
  return warning === null ? null : <p role="alert">{warning}</p>
}

function VerifyAgain(props: { readonly onClick: () => void }) {
  return (
    <Button variant="subtle" color="gray" leftSection={<RotateCw size={13} />} onClick={props.onClick}>
      Verify again
    </Button>
  )
}
