import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { VersionFile } from '../../shared/catalog/version.ts'
import type { TrainedModel } from '../training/training.ts'
import { sha256 } from './content-digest.ts'

/** Writes a version's files into a folder in the making. @returns their sizes and hashes, by path */
export async function writeVersionFiles(
  folder: string,
  model: TrainedModel,
  write: (path: string, bytes: Uint8Array) => Promise<void>,
): Promise<VersionFile[]> {
  const files: VersionFile[] = []
  await mkdir(folder, { recursive: true })
  for (const [path, bytes] of model.files) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await write(file, bytes)
    files.push({ path, bytes: bytes.byteLength, sha256: sha256(bytes) })
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}
