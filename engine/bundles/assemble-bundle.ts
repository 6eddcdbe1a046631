import { randomUUID } from 'node:crypto'
import { chmod, copyFile, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Check, Report } from '../../shared/bundle/check.ts'
import type { Target } from '../../shared/bundle/manifest.ts'
import { signedFileText } from '../../shared/bundle/signed-files.ts'
import type { PackageEvent } from '../../shared/contract/bundles.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import { Failure } from '../../shared/failure.ts'
import { writeFailure } from '../workspace/atomic-write.ts'
import { makeFolder } from '../workspace/make-folder.ts'
import { archiveOf, assertArchiveFree, writeArchive } from './archives/archive.ts'
import { type BundleFile, bundleFiles, manifestOf } from './bundle-files.ts'
import type { BundlesParts, PackageOptions } from './bundles.ts'
import { chooseTarget, nativeParts } from './choose-target.ts'
import { createMetricGates } from './metric-gates.ts'
import { bundleTitle, hostTarget } from './read-bundle.ts'
import { runVerify } from './run-verify.ts'
import type { Fetching } from './runtimes/runtimes.ts'
import type { Signer } from './signing-key.ts'
import type { StoredReports } from './stored-reports.ts'
import { sweepAbandoned, temporaryPlace } from './sweep-abandoned.ts'
import { untilAborted } from './until-aborted.ts'

export interface AssembleParts
  extends Pick<
    BundlesParts,
    | 'catalog'
    | 'servingFile'
    | 'templateFolder'
    | 'slipwayVersion'
    | 'processes'
    | 'runtimes'
    | 'gateMetrics'
    | 'licenseFolder'
    | 'changes'
  > {
  /** Where bundles go when nobody says otherwise. */
  home: string
  signer: Signer
  reports: StoredReports
}

/** Writes a bundle, verifies it, and only then moves it to its place. */
export type AssembleBundle = (
  ref: VersionRef,
  options: PackageOptions,
  onEvent: (event: PackageEvent) => void,
  signal: AbortSignal,
) => Promise<Report>

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

async function writeFiles(
  folder: string,
  files: readonly BundleFile[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const file of files) {
    signal?.throwIfAborted()
    const path = join(folder, file.path)
    try {
      await makeFolder(dirname(path))
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

/** Moves the bundle, and its archive where there is one, to their places: both or none. */
async function settle(from: { bundle: string; archive: string | null }, out: string): Promise<void> {
  // An empty folder may stand at the place, which not every system renames over.
  await rmdir(out).catch(() => {})
  await rename(from.bundle, out).catch((error: unknown) => {
    throw writeFailure(error, out)
  })
  if (from.archive === null) return
  const archive = archiveOf(out)
  try {
    await assertArchiveFree(archive)
    await rename(from.archive, archive)
  } catch (error) {
    await rename(out, from.bundle)
    throw writeFailure(error, archive)
  }
}

export function createAssembler(parts: AssembleParts): AssembleBundle {
  const { catalog, servingFile, templateFolder, slipwayVersion, home, signer, reports } = parts
  const { processes, runtimes, licenseFolder, changes } = parts
  const metricGates = createMetricGates(parts)

  async function write(ref: VersionRef, folder: string, target: Target, fetching: Fetching): Promise<void> {
    const { record, metadata } = await catalog.get(ref.name, ref.version)
    const { card } = metadata
    const versionFolder = catalog.folder(ref.name, ref.version)
    const packages =
      target === 'any' ? [] : await runtimes.packages(target, ['node', ...nativeParts(record)], fetching)
    const node = target === 'any' ? process.versions.node : await runtimes.nodeVersion(target)
    const runtime = { slipway: slipwayVersion, node, target }
    const sources = { versionFolder, card, templateFolder, servingFile, licenseFolder }
    const files = await bundleFiles({ ...sources, record, runtime, packages })
    const signed = await signer.sign(manifestOf(record, files, runtime))
    const text = new TextEncoder().encode(signedFileText(signed))
    const manifest = { path: 'manifest.json', bytes: text, executable: false }
    await writeFiles(folder, [...files, manifest], fetching.signal)
  }

  return async (ref, options, onEvent, signal) => {
    const { archive = false, keep = false } = options
    // A bad reference is told before a bad folder.
    const { record } = await catalog.get(ref.name, ref.version)
    const target = chooseTarget(record, options.target)
    const title = bundleTitle(ref.name, ref.version, target)
    const out = resolve(options.out ?? join(home, title))
    const gates = await metricGates.of(ref.name, options.gates)
    await catalog.verify(ref.name, ref.version)
    await assertFree(out)
    if (archive) await assertArchiveFree(archiveOf(out))
    await sweepAbandoned(out)
    const temporary = temporaryPlace(out, randomUUID().slice(0, 8))
    const bundle = join(temporary, 'bundle')
    const twin = join(temporary, 'twin')

    async function make() {
      onEvent({ type: 'step', title: 'Writing the files', fraction: 0.02 })
      await makeFolder(bundle).catch((error: unknown) => {
        throw writeFailure(error, out)
      })
      const onFetch = (step: string) => onEvent({ type: 'step', title: step, fraction: 0.04 })
      await write(ref, bundle, target, { onFetch, signal })
      signal.throwIfAborted()
      const end = archive ? 0.98 : 1
      const foreign = nativeParts(record).length > 0 && target !== hostTarget()
      if (foreign) {
        // Native code for another platform cannot be loaded here: the same version is checked as a bundle for this one.
        await makeFolder(twin)
        await write(ref, twin, chooseTarget(record, undefined), { onFetch, signal })
      }
      const checked = await runVerify({
        folder: foreign ? twin : bundle,
        processes,
        signal,
        onEvent,
        ownKey: await signer.fingerprint(),
        from: 0.1,
        to: gates.length > 0 ? 0.95 : end,
      })
      const verified = foreign ? checkedElsewhere(checked, target) : checked
      // Nobody listens any more to a measuring that goes on after it was stopped.
      const tell = (event: PackageEvent) => {
        if (!signal.aborted) onEvent(event)
      }
      const measured = metricGates.check(ref, gates, tell, end)
      const report = withChecks(verified, await untilAborted(measured, signal))
      const stored = await reports.write(ref, bundle, report, { target, slipway: slipwayVersion })
      const bytes = await folderBytes(bundle)
      const packed = archive && report.ok ? join(temporary, 'archive.tar.gz') : null
      if (packed !== null) {
        onEvent({ type: 'step', title: 'Packing the archive', fraction: 0.98 })
        const time = new Date(record.created)
        await writeArchive({ folder: bundle, root: title, output: packed, time, signal }).catch(
          (error: unknown) => {
            throw writeFailure(error, archiveOf(out))
          },
        )
      }
      // From here on it is there: whoever stops it later finds it whole.
      signal.throwIfAborted()
      if (report.ok || keep) await settle({ bundle, archive: packed }, out)
      return { stored, final: { ...report, path: out, bytes } }
    }

    const making = make().catch((error: unknown) => {
      if (signal.aborted) {
        throw new Failure(
          'cancelled',
          `Packaging ${title} was stopped; nothing was left behind.`,
          'Package it again.',
        )
      }
      throw error
    })
    const { stored, final } = await making.finally(() => rm(temporary, { recursive: true, force: true }))
    await reports.keep(stored)
    changes.emit('bundles')
    onEvent({ type: 'done', report: final })
    return final
  }
}
