/** More processes on one machine bring nothing. */
export const workersAtMost = 256

/** How a bundle serves. Every value has a default and an environment variable; flags win over both. */
export interface Settings {
  host: string
  /** 0 takes any free port. */
  port: number
  /** Processes that share the port; 0 is one for each core. */
  workers: number
  /** A process of its own keeps the port also for one worker, so that their number can change while it serves. */
  ownPrimary: boolean
  /** Folder of windows, logged predictions and feedback. */
  stateFolder: string
  /** Names this deployment's process to the workbench; made up when empty. */
  instance: string
  /** Replicas that share it take feedback to one another's predictions; null knows those of the state folder alone. */
  idKey: string | null
  bodyBytes: number
  rowsPerRequest: number
  /** Answered at once, by all processes together. */
  inflightRequests: number
  /** Open connections of all processes together; later ones are closed at once. */
  connections: number
  /** Time for a request until its answer, and for a client that takes none of it. */
  requestSeconds: number
  /** Time for a client to send a request's headers. */
  headerSeconds: number
  drainSeconds: number
  /** How long new connections are still taken after a stop was asked for, while readiness already says no. */
  stopDelaySeconds: number
  /** How long open connections may stay idle after that, so that a request on its way is not cut off. */
  lingerSeconds: number
  /** Requests a second of one client address, over all processes; 0 is no limit. */
  ratePerClient: number
  windowSeconds: number
  /** Rows whose prediction is logged for later feedback, at most so many each second: a sample where there are more. */
  loggedRowsPerSecond: number
  /** Input columns whose values are logged with the prediction. */
  loggedColumns: string[]
  /** Columns whose values never appear in a log or in an error. */
  redactedColumns: string[]
  /** Share of requests that get a line in the log, 0 to 1. */
  logSample: number
  /** Provisioned bandwidth in Mbps, for the utilisation ratio. */
  bandwidthMbps: number
  /** Bearer token asked of every request but the health ones; null asks none. */
  token: string | null
  /** Bearer token of /admin; null takes administrators from the machine itself only. */
  adminToken: string | null
  /** PEM files; null serves plain HTTP. */
  tls: { certificate: string; key: string } | null
  /** Origins whose pages may call, or `*`. */
  corsOrigins: string[]
  /** Folder of a second version scored on a copy of the traffic. */
  shadow: string | null
  /** Second version that answers a share of the requests. */
  canary: { folder: string; fraction: number } | null
  batching: Batching
  /** Leaves the offending fields out of error bodies. */
  terseErrors: boolean
  /** File that log lines are added to by its path, so that it may be renamed; null writes to standard error. */
  logFile: string | null
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** How models are scored that are too slow for a request's own turn. */
export interface Batching {
  /** From so many microseconds a row on, measured at start. 0 batches every model. */
  fromMicroseconds: number
  /** Rows of a batch at most. */
  rows: number
  /** Milliseconds that a row waits for others at most. */
  waitMs: number
  /** Rows that may wait in all processes together; more are refused with 503. */
  queuedRows: number
}

export const defaultSettings: Omit<Settings, 'stateFolder'> = {
  host: '127.0.0.1',
  port: 8080,
  workers: 1,
  ownPrimary: false,
  instance: '',
  idKey: null,
  bodyBytes: 10 * 1024 * 1024,
  rowsPerRequest: 10_000,
  inflightRequests: 256,
  connections: 4_096,
  requestSeconds: 60,
  headerSeconds: 10,
  drainSeconds: 30,
  stopDelaySeconds: 0,
  lingerSeconds: 0.5,
  ratePerClient: 0,
  windowSeconds: 60,
  loggedRowsPerSecond: 2_000,
  loggedColumns: [],
  redactedColumns: [],
  logSample: 0,
  bandwidthMbps: 10,
  token: null,
  adminToken: null,
  tls: null,
  corsOrigins: [],
  shadow: null,
  canary: null,
  batching: { fromMicroseconds: 200, rows: 256, waitMs: 2, queuedRows: 20_000 },
  terseErrors: false,
  logFile: null,
  logLevel: 'info',
}

const megabyte = 1024 * 1024

/** All limits as one line, printed at start so that nobody has to look for them. */
export function describeLimits(settings: Settings): string {
  const { bodyBytes, batching, ratePerClient } = settings
  const limits = [
    `body ${bodyBytes < megabyte ? `${bodyBytes} bytes` : `${Math.round((bodyBytes / megabyte) * 10) / 10} MB`}`,
    `${settings.rowsPerRequest} rows a request`,
    `${settings.inflightRequests} requests in flight`,
    `${batching.queuedRows} rows waiting to be scored in batches of ${batching.rows}, for ${batching.waitMs} ms`,
    `${settings.connections} connections`,
    ratePerClient === 0 ? 'no rate limit' : `${ratePerClient} requests/s a client`,
    `${settings.headerSeconds} s for headers`,
    `${settings.requestSeconds} s a request`,
    `stop delay ${settings.stopDelaySeconds} s`,
    `drain ${settings.drainSeconds} s`,
    `linger ${settings.lingerSeconds} s`,
    `${settings.loggedRowsPerSecond} predictions logged/s`,
    `window ${settings.windowSeconds} s`,
    `token ${settings.token === null ? 'not asked' : 'asked'}`,
  ]
  return `limits: ${limits.join(', ')}`
}
