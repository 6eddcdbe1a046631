import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { modelNamePattern } from '../../shared/notebook/train-spec.ts'

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/** The models of a catalog's folder, by name. */
export async function modelNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isDirectory() && modelNamePattern.test(entry.name))
      .map((entry) => entry.name)
      .sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Every number that was ever given, those of deleted versions included. Ascending. */
export async function versionNumbers(folder: string, name: string): Promise<number[]> {
  try {
    const entries = await readdir(join(folder, name))
    return entries
      .filter((entry) => /^[1-9]\d*$/.test(entry))
      .map(Number)
      .sort((a, b) => a - b)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
