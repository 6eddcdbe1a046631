import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Report } from '../../shared/bundle/check.ts'
import { type Target, targets } from '../../shared/bundle/manifest.ts'
import { keyFingerprint, type Signed } from '../../shared/bundle/manifest-signature.ts'
import type { StoredReport } from '../../shared/bundle/stored-report.ts'
import type { BundleArchive, BundleInfo, PackageEvent } from '../../shared/contract/bundles.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Changes } from '../changes.ts'
import type { ProcessPort } from '../deployments/process-port.ts'
import type { Tasks } from '../tasks.ts'
import { archiveBeside, packBundle } from './archives/pack-bundle.ts'
import { asTask } from './as-task.ts'
import { createAssembler } from './assemble-bundle.ts'
import { chooseTarget, nativeParts } from './choose-target.ts'
import type { MeasureForGates } from './metric-gates.ts'
import { placeBundle } from './place-bundle.ts'
import { checkBundleSignature, readBundleManifest } from './read-bundle.ts'
import { revealFolder } from './reveal-folder.ts'
import { runVerify } from './run-verify.ts'
import type { Runtimes } from './runtimes/runtimes.ts'
import { signatureChecker } from './signature-checker.ts'
import { createSigner } from './signing-key.ts'
import { createStoredReports } from './stored-reports.ts'

export interface PackageOptions {
  /** Default: `.slipway/bundles/<name>-<version>` of the workspace. */
  out?: string
  /** Default: `any`, or this machine's platform for a version with SQL transforms or of an ONNX model. */
  target?: Target
  /** Metric gates to keep beside those of the model, as `metric-gate.ts` reads them. */
  gates?: readonly string[]
  /** Also writes `<out>.tar.gz` beside the folder. */
  archive?: boolean
  /** Leaves the folder in place also when a check fails. */
  keep?: boolean
  /** The catalog is not told of it: for a bundle that is thrown away. */
  unrecorded?: boolean
  signal?: AbortSignal
}

export interface BundleSigner {
  signed: Signed
  own: boolean
}

/** Model versions as folders that run by themselves. */
export interface Bundles {
  /** Those under `.slipway/bundles/`, newest first; folders that are no bundles are passed over. */
  list(): Promise<BundleInfo[]>
  /**
   * Writes and verifies a bundle. It appears at its place whole and verified, or not at all.
   *
   * @throws Failure `not-found`, `already-exists`, `invalid-input`, `disk-full`, `cancelled`
   */
  package(ref: VersionRef, options: PackageOptions, onEvent: (event: PackageEvent) => void): Promise<Report>
  /** @throws Failure `not-found` or `integrity` without a readable manifest */
  verify(path: string, onEvent: (event: PackageEvent) => void, signal?: AbortSignal): Promise<Report>
  /**
   * Packs the files of a bundle as `<folder>.tar.gz`: whole, or not at all.
   *
   * @throws Failure `not-found`, `integrity`, `already-exists`, `disk-full`, `cancelled`
   */
  archive(path: string, signal?: AbortSignal): Promise<BundleArchive>
  /** The targets that a version can be packaged for, the one taken unless another is asked for first. */
  targets(ref: VersionRef): Promise<Target[]>
  /** How the version's bundles were verified when they were packaged, newest first, one for each target. */
  reports(ref: VersionRef): Promise<StoredReport[]>
  /** The folder of a bundle; that of an archive is unpacked under `.slipway/bundles/` to stay. @throws as `placeBundle` */
  place(path: string): Promise<string>
  /** Who signed a bundle, and whether that was this workspace. */
  signer(path: string): Promise<BundleSigner>
  /** Shows the folder in the system's file manager. @throws Failure where there is none */
  reveal(path: string): Promise<void>
}

export interface BundlesParts {
  catalog: Catalog
  workspaceFolder: string
  /** The built `server.mjs`. */
  servingFile: string
  /** `resources/bundle`. */
  templateFolder: string
  slipwayVersion: string
  tasks: Tasks
  changes: Changes
  processes: ProcessPort
  runtimes: Runtimes
  /** Metrics of a version, and of the champion where one is given, on the held-out rows of the version. */
  gateMetrics: MeasureForGates
  /** `resources/runtimes`. */
  licenseFolder: string
}

export function createBundles(parts: BundlesParts): Bundles {
  const { catalog, workspaceFolder, tasks, changes, processes } = parts
  const home = join(workspaceFolder, '.slipway', 'bundles')
  const signer = createSigner(join(workspaceFolder, '.slipway', 'keys'))
  const reports = createStoredReports(catalog, signer)
  const assemble = createAssembler({ ...parts, home, signer, reports })

  return {
    async list() {
      const names = await readdir(home).catch(() => [])
      // A damaged key is said when it is needed.
      const own = await signer.fingerprint().catch(() => null)
      const found = await Promise.all(
        names
          .filter((name) => !name.startsWith('.'))
          .map(async (name): Promise<BundleInfo | null> => {
            const path = join(home, name)
            try {
              const manifest = await readBundleManifest(path)
              // The manifest itself says when the version was trained, so that equal versions give equal bundles.
              const key = manifest.signature && keyFingerprint(manifest.signature.publicKey, signatureChecker)
              const packaged = await stat(join(path, 'manifest.json'))
              return {
                path,
                name: manifest.name,
                version: manifest.version,
                created: packaged.mtime.toISOString(),
                bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
                target: manifest.runtime.target,
                archive: await archiveBeside(path, packaged.mtimeMs),
                signer: key === undefined ? null : { fingerprint: key, own: key === own },
              }
            } catch {
              return null
            }
          }),
      )
      return found
        .filter((info) => info !== null)
        .sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : b.version - a.version))
    },
    package: (ref, options, onEvent) =>
      asTask(tasks, `Packaging ${ref.name} version ${ref.version}`, options.signal, onEvent, (tell, signal) =>
        assemble(ref, options, tell, signal),
      ),
    verify: (path, onEvent, outer) =>
      asTask(tasks, `Verifying ${basename(path)}`, outer, onEvent, async (tell, signal) => {
        const ownKey = await signer.fingerprint()
        const report = await runVerify({ folder: resolve(path), processes, signal, onEvent: tell, ownKey })
        tell({ type: 'done', report })
        return report
      }),
    archive: (path, outer) =>
      asTask(
        tasks,
        `Packing ${basename(path)}`,
        outer,
        () => {},
        async (_tell, signal) => {
          const archive = await packBundle(resolve(path), signal)
          changes.emit('bundles')
          return archive
        },
      ),
    async targets(ref) {
      const { record } = await catalog.get(ref.name, ref.version)
      const usual = chooseTarget(record, undefined)
      const native = nativeParts(record)
      const possible = targets.filter((target) =>
        target === 'any' ? native.length === 0 : !(native.includes('onnx') && target === 'darwin-x64'),
      )
      return [usual, ...possible.filter((target) => target !== usual)]
    },
    reports: (ref) => reports.list(ref),
    async place(path) {
      const folder = await placeBundle(path, home)
      changes.emit('bundles')
      return folder
    },
    async signer(path) {
      const { signed } = await checkBundleSignature(path, await readBundleManifest(path))
      return { signed, own: signed.kind === 'signed' && signed.fingerprint === (await signer.fingerprint()) }
    },
    async reveal(path) {
      await readBundleManifest(path)
      await revealFolder(path)
    },
  }
}
