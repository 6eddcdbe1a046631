/** How a bundle serves. Every value has a default and an environment variable; flags win over both. */
export interface Settings {
  host: string
  /** 0 takes any free port. */
  port: number
  /** Folder of windows, logged predictions and feedback. */
  stateFolder: string
  /** Names this process to the workbench; made up when empty. */
  instance: string
  bodyBytes: number
  rowsPerRequest: number
  inflightRequests: number
  requestSeconds: number
  drainSeconds: number
  windowSeconds: number
  /** Rows whose prediction is logged for later feedback, at most so many each second; the rest are only counted. */
  loggedRowsPerSecond: number
  /** Provisioned bandwidth in Mbps, for the utilisation ratio. */
  bandwidthMbps: number
  /** Bearer token asked of every request but the health ones; null asks none. */
  token: string | null
  /** Leaves the offending fields out of error bodies. */
  terseErrors: boolean
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

export const defaultSettings: Omit<Settings, 'stateFolder'> = {
  host: '127.0.0.1',
  port: 8080,
  instance: '',
  bodyBytes: 10 * 1024 * 1024,
  rowsPerRequest: 10_000,
  inflightRequests: 256,
  requestSeconds: 60,
  drainSeconds: 30,
  windowSeconds: 60,
  loggedRowsPerSecond: 2_000,
  bandwidthMbps: 10,
  token: null,
  terseErrors: false,
  logLevel: 'info',
}

/** The limits as one line, printed at start so that nobody has to look for them. */
export function describeLimits(settings: Settings): string {
  const limits = [
    `body ${settings.bodyBytes / 1024 / 1024} MB`,
    `${settings.rowsPerRequest} rows a request`,
    `${settings.inflightRequests} requests in flight`,
    `${settings.requestSeconds} s a request`,
    `window ${settings.windowSeconds} s`,
    `token ${settings.token === null ? 'not asked' : 'asked'}`,
  ]
  return `limits: ${limits.join(', ')}`
}
