import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { storedReportFile } from '../../../shared/bundle/stored-report.ts'
import type { BundleArchive } from '../../../shared/contract/bundles.ts'
import { Failure } from '../../../shared/failure.ts'
import { writeFailure } from '../../workspace/atomic-write.ts'
import { assertBundleWhole, bundleTitle, readBundleManifest } from '../read-bundle.ts'
import { sweepAbandoned, temporaryPlace } from '../sweep-abandoned.ts'
import { archiveOf, assertArchiveFree, writeArchive } from './archive.ts'

/** The archive beside a bundle's folder; null for one that was written before the folder, of another bundle therefore. */
export async function archiveBeside(folder: string, packagedMs: number): Promise<BundleArchive | null> {
  const path = archiveOf(folder)
  const found = await stat(path).catch(() => null)
  return found?.isFile() && found.mtimeMs >= packagedMs ? { path, bytes: found.size } : null
}

/**
 * Packs a bundle that is there as one file, the same that packaging with an archive writes. What else lies in the folder,
 * such as the state of a server that ran in it, is left out.
 *
 * @throws Failure `not-found`, `integrity`, `already-exists`, `disk-full`, `cancelled`
 */
export async function packBundle(folder: string, signal: AbortSignal): Promise<BundleArchive> {
  const manifest = await readBundleManifest(folder)
  await assertBundleWhole(folder, manifest)
  const path = archiveOf(folder)
  await assertArchiveFree(path)
  await sweepAbandoned(folder)
  const temporary = temporaryPlace(folder, randomUUID().slice(0, 8))
  const output = join(temporary, 'archive.tar.gz')
  const reported = await stat(join(folder, storedReportFile)).catch(() => null)
  try {
    await mkdir(temporary)
    await writeArchive({
      folder,
      root: bundleTitle(manifest.name, manifest.version, manifest.runtime.target),
      output,
      time: new Date(manifest.created),
      files: [
        ...manifest.files.map((file) => file.path),
        'manifest.json',
        ...(reported ? [storedReportFile] : []),
      ],
      signal,
    })
    signal.throwIfAborted()
    const { size } = await stat(output)
    await assertArchiveFree(path)
    await rename(output, path)
    return { path, bytes: size }
  } catch (error) {
    if (!signal.aborted) throw writeFailure(error, path)
    throw new Failure('cancelled', `Packing ${path} was stopped; nothing was left behind.`, 'Pack it again.')
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
