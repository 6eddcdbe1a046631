import { Failure } from '../../shared/failure.ts'

export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** A failure for a full disk, which left nothing half-written; other errors pass unchanged. */
export function diskFailure(error: unknown, what: string): unknown {
  if (isDiskFull(error)) {
    return new Failure(
      'disk-full',
      `${what} could not be saved: the disk is full.`,
      'Free some space and try again; nothing was half-written.',
    )
  }
  return error
}
