import { Failure } from '../../shared/failure.ts'

/** A failure for a full disk, which left nothing half-written; other errors pass unchanged. */
export function diskFailure(error: unknown, what: string): unknown {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
    return new Failure(
      'disk-full',
      `${what} could not be saved: the disk is full.`,
      'Free some space and try again; nothing was half-written.',
    )
  }
  return error
}
