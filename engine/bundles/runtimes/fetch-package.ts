import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import type { LockedPackage } from './locked.ts'

/** Unpacks a package whose packed bytes are exactly those of its locked integrity into `folder`, unless the signal comes. */
export type FetchPackage = (
  locked: Pick<LockedPackage, 'name' | 'version' | 'integrity'>,
  folder: string,
  signal?: AbortSignal,
) => Promise<void>

/**
 * From the registry that npm is configured for: `npm_config_registry`, which npm sets for its scripts, else npm's own.
 * The tarball is unpacked as it comes; a wrong integrity rejects.
 */
export const fetchPackage: FetchPackage = async ({ name, version, integrity }, folder, signal) => {
  // Loaded on demand: it reads a hundred files, and most packagings fetch nothing.
  const { default: pacote } = await import('pacote')
  const cache = await mkdtemp(join(os.tmpdir(), 'slipway-fetch-'))
  const registry = process.env.npm_config_registry
  try {
    await pacote.extract(`${name}@${version}`, folder, {
      integrity,
      cache,
      ...(registry === undefined || registry === '' ? {} : { registry }),
      ...(signal ? { signal } : {}),
    })
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}
