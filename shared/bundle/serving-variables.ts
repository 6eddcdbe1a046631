/**
 * The settings of a bundle's server by their environment variables, as a deployment sees them; what each does and how
 * it is read is the server's own (`serving/setting-list.ts`).
 */
export const deploymentVariables = [
  'SLIPWAY_TOKEN',
  'SLIPWAY_ADMIN_TOKEN',
  'SLIPWAY_ID_KEY',
  'SLIPWAY_CORS',
  'SLIPWAY_RATE',
  'SLIPWAY_BODY_BYTES',
  'SLIPWAY_ROWS',
  'SLIPWAY_INFLIGHT',
  'SLIPWAY_CONNECTIONS',
  'SLIPWAY_REQUEST_SECONDS',
  'SLIPWAY_HEADER_SECONDS',
  'SLIPWAY_DRAIN_SECONDS',
  'SLIPWAY_STOP_DELAY_SECONDS',
  'SLIPWAY_LINGER_SECONDS',
  'SLIPWAY_WINDOW_SECONDS',
  'SLIPWAY_LOGGED_ROWS',
  'SLIPWAY_LOG_COLUMNS',
  'SLIPWAY_REDACT',
  'SLIPWAY_LOG_SAMPLE',
  'SLIPWAY_LOG_LEVEL',
  'SLIPWAY_BANDWIDTH_MBPS',
  'SLIPWAY_TERSE_ERRORS',
  'SLIPWAY_BATCH_MICROSECONDS',
  'SLIPWAY_BATCH_ROWS',
  'SLIPWAY_BATCH_WAIT_MS',
  'SLIPWAY_QUEUE_ROWS',
] as const

/** Those of them that nobody else may read. */
export const secretVariables: readonly string[] = ['SLIPWAY_TOKEN', 'SLIPWAY_ADMIN_TOKEN', 'SLIPWAY_ID_KEY']

/** What a deployment decides by itself: where it listens, what it serves, where it keeps its state and its log. */
export const decidedVariables = [
  'SLIPWAY_HOST',
  'SLIPWAY_PORT',
  'SLIPWAY_WORKERS',
  'SLIPWAY_PRIMARY',
  'SLIPWAY_STATE',
  'SLIPWAY_TLS_CERT',
  'SLIPWAY_TLS_KEY',
  'SLIPWAY_SHADOW',
  'SLIPWAY_CANARY',
  'SLIPWAY_INSTANCE',
  'SLIPWAY_LOG_FILE',
] as const
