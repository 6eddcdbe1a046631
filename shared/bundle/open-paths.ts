/** Paths of a server that answer without a token, so that probes need none. */
export const openPaths: ReadonlySet<string> = new Set([
  '/health',
  '/health/live',
  '/health/ready',
  '/ping',
  '/v2/health/live',
  '/v2/health/ready',
])
