import { randomUUID } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Check, Report } from '../../shared/bundle/check.ts'
import { type Target, targets } from '../../shared/bundle/manifest.ts'
import { signedFileText } from '../../shared/bundle/signed-files.ts'
import type { StoredReport } from '../../shared/bundle/stored-report.ts'
import type { BundleInfo, PackageEvent } from '../../shared/contract/bundles.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import { Failure } from '../../shared/failure.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Changes } from '../changes.ts'
import type { ProcessPort } from '../deployments/process-port.ts'
import type { Tasks } from '../tasks.ts'
import { writeFailure } from '../workspace/atomic-write.ts'
import { writeArchive } from './archive.ts'
import { asTask } from './as-task.ts'
import { type BundleFile, bundleFiles, manifestOf } from './bundle-files.ts'
import { chooseTarget, nativeParts } from './choose-target.ts'
import { createMetricGates, type MeasureForGates } from './metric-gates.ts'
import { placeBundle } from './place-bundle.ts'
import { bundleTitle, hostTarget, readBundleManifest } from './read-bundle.ts'
import { revealFolder } from './reveal-folder.ts'
import { runVerify } from './run-verify.ts'
import type { Runtimes } from './runtimes/runtimes.ts'
import { createSigner } from './signing-key.ts'
import { createStoredReports } from './stored-reports.ts'
import { sweepAbandoned, temporaryPlace } from './sweep-abandoned.ts'

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
  /** The targets that a version can be packaged for, the one taken unless another is asked for first. */
  targets(ref: VersionRef): Promise<Target[]>
  /** How the version's bundles were verified when they were packaged, newest first, one for each target. */
  reports(ref: VersionRef): Promise<StoredReport[]>
  /** The folder of a bundle; that of an archive is unpacked under `.slipway/bundles/` to stay. @throws as `placeBundle` */
  place(path: string): Promise<string>
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

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

async function assertFree(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return []
    const what = code === 'ENOTDIR' ? 'is a file' : `cannot be read (${String(code)})`
    throw new Failure('already-exists', `${out} ${what}; a bundle is a folder.`, 'Choose another place.')
  })
  if (entries.length === 0) return
  throw new Failure(
    'already-exists',
    `${out} exists already and holds ${entries.length} files.`,
    'Choose another place, or move that folder away.',
  )
}

async function writeFiles(folder: string, files: readonly BundleFile[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, file.path)
    try {
      await mkdir(dirname(path), { recursive: true })
      if ('bytes' in file) await writeFile(path, file.bytes, { flush: true })
      else await copyFile(file.source, path)
      if (file.executable) await chmod(path, 0o755)
    } catch (error) {
      throw writeFailure(error, path)
    }
  }
}

function withChecks(report: Report, checks: readonly Check[]): Report {
  const all = [...report.checks, ...checks]
  return { ...report, checks: all, ok: report.ok && checks.every((check) => check.status !== 'failed') }
}

/** The report of a bundle for this platform, as that of one for another: its own Node was not run. */
function checkedElsewhere(report: Report, target: Target): Report {
  const detail = `it is for ${target}: the same files were checked with the runtime for ${hostTarget()}`
  const checks = report.checks.map(
    (check): Check =>
      check.name === 'Runs on its own Node' ? { ...check, status: 'not-tested', detail } : check,
  )
  return { ...report, checks }
}

type Fetching = Parameters<Runtimes['packages']>[2]

export function createBundles(parts: BundlesParts): Bundles {
  const { catalog, workspaceFolder, servingFile, templateFolder, slipwayVersion } = parts
  const { tasks, changes, processes, runtimes, gateMetrics, licenseFolder } = parts
  const home = join(workspaceFolder, '.slipway', 'bundles')
  const signer = createSigner(join(workspaceFolder, '.slipway', 'keys'))
  const reports = createStoredReports(catalog, signer)
  const metricGates = createMetricGates({ catalog, gateMetrics })

  async function write(ref: VersionRef, folder: string, target: Target, fetching: Fetching): Promise<void> {
    const { record, metadata } = await catalog.get(ref.name, ref.version)
    const versionFolder = catalog.folder(ref.name, ref.version)
    const packages =
      target === 'any' ? [] : await runtimes.packages(target, ['node', ...nativeParts(record)], fetching)
    const node = target === 'any' ? process.versions.node : await runtimes.nodeVersion(target)
    const runtime = { slipway: slipwayVersion, node, target }
    const { card } = metadata
    const made = {
      record,
      versionFolder,
      card,
      templateFolder,
      servingFile,
      runtime,
      packages,
      licenseFolder,
    }
    const files = await bundleFiles(made)
    const manifest = manifestOf(record, files, runtime)
    const signed = await signer.sign(manifest)
    const text = new TextEncoder().encode(signedFileText(signed))
    await writeFiles(folder, [...files, { path: 'manifest.json', bytes: text, executable: false }])
  }

  async function assemble(
    ref: VersionRef,
    options: PackageOptions,
    onEvent: (event: PackageEvent) => void,
    signal: AbortSignal,
  ): Promise<Report> {
    const { archive = false, keep = false } = options
    // A bad reference is told before a bad folder.
    const { record } = await catalog.get(ref.name, ref.version)
    const target = chooseTarget(record, options.target)
    const title = bundleTitle(ref.name, ref.version, target)
    const out = resolve(options.out ?? join(home, title))
    const gates = await metricGates.of(ref.name, options.gates)
    await catalog.verify(ref.name, ref.version)
    await assertFree(out)
    await sweepAbandoned(out)
    const temporary = temporaryPlace(out, randomUUID().slice(0, 8))
    const twin = temporaryPlace(out, randomUUID().slice(0, 8))
    try {
      onEvent({ type: 'step', title: 'Writing the files', fraction: 0.02 })
      await mkdir(temporary, { recursive: true }).catch((error: unknown) => {
        throw writeFailure(error, out)
      })
      const onFetch = (step: string) => onEvent({ type: 'step', title: step, fraction: 0.04 })
      await write(ref, temporary, target, { onFetch, signal })
      signal.throwIfAborted()
      const end = archive ? 0.98 : 1
      const foreign = nativeParts(record).length > 0 && target !== hostTarget()
      if (foreign) {
        // Native code for another platform cannot be loaded here: the same version is checked as a bundle for this one.
        await mkdir(twin, { recursive: true })
        await write(ref, twin, chooseTarget(record, undefined), { onFetch, signal })
      }
      const checked = await runVerify({
        folder: foreign ? twin : temporary,
        processes,
        signal,
        onEvent,
        ownKey: await signer.fingerprint(),
        from: 0.1,
        to: gates.length > 0 ? 0.95 : end,
      })
      const verified = foreign ? checkedElsewhere(checked, target) : checked
      const report = withChecks(verified, await metricGates.check(ref, gates, onEvent, end))
      await reports.keep(ref, temporary, report, { target, slipway: slipwayVersion })
      const bytes = await folderBytes(temporary)
      if (report.ok || keep) {
        // An empty folder may stand at the place, which not every system renames over.
        await rmdir(out).catch(() => {})
        await rename(temporary, out).catch((error: unknown) => {
          throw writeFailure(error, out)
        })
        if (archive && report.ok) {
          onEvent({ type: 'step', title: 'Packing the archive', fraction: 0.98 })
          const time = new Date(record.created)
          await writeArchive({ folder: out, root: title, output: `${out}.tar.gz`, time })
        }
      }
      changes.emit('bundles')
      const final = { ...report, path: out, bytes }
      onEvent({ type: 'done', report: final })
      return final
    } catch (error) {
      if (signal.aborted) {
        throw new Failure(
          'cancelled',
          `Packaging ${title} was stopped; nothing was left behind.`,
          'Package it again.',
        )
      }
      throw error
    } finally {
      await rm(temporary, { recursive: true, force: true })
      await rm(twin, { recursive: true, force: true })
    }
  }

  return {
    async list() {
      const names = await readdir(home).catch(() => [])
      const found = await Promise.all(
        names
          .filter((name) => !name.startsWith('.'))
          .map(async (name): Promise<BundleInfo | null> => {
            const path = join(home, name)
            try {
              const manifest = await readBundleManifest(path)
              // The manifest itself says when the version was trained, so that equal versions give equal bundles.
              const packaged = await stat(join(path, 'manifest.json'))
              return {
                path,
                name: manifest.name,
                version: manifest.version,
                created: packaged.mtime.toISOString(),
                bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
                target: manifest.runtime.target,
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
    async reveal(path) {
      await readBundleManifest(path)
      await revealFolder(path)
    },
  }
}
