import { resolve } from 'node:path'
import { canary, list, number, origins, whole, wrongUsage } from './setting-values.ts'
import { type Settings, workersAtMost } from './settings.ts'

interface Setting {
  flag?: string
  variable: string
  /** One line of help. */
  help: string
  set(settings: Settings, text: string, name: string): void
}

const megabytes = 1024 * 1024

/** Every setting once: its flag, its environment variable, what it does and how it is read. */
export const settingList: readonly Setting[] = [
  {
    flag: 'host',
    variable: 'SLIPWAY_HOST',
    help: 'address to listen on',
    set: (s, text) => {
      s.host = text
    },
  },
  {
    flag: 'port',
    variable: 'SLIPWAY_PORT',
    help: 'port; 0 takes any free one',
    set: (s, text, name) => {
      s.port = whole(name, text, 0, 65535)
    },
  },
  {
    flag: 'workers',
    variable: 'SLIPWAY_WORKERS',
    help: 'processes that share the port; auto is one for each core',
    set: (s, text, name) => {
      s.workers = text === 'auto' ? 0 : whole(name, text, 0, workersAtMost)
    },
  },
  {
    variable: 'SLIPWAY_PRIMARY',
    help: '1 starts a primary process also for one worker, so that POST /admin/workers works',
    set: (s, text, name) => {
      s.ownPrimary = whole(name, text, 0, 1) === 1
    },
  },
  {
    flag: 'state',
    variable: 'SLIPWAY_STATE',
    help: 'folder of windows, logged predictions and feedback',
    set: (s, text) => {
      s.stateFolder = text
    },
  },
  {
    flag: 'token',
    variable: 'SLIPWAY_TOKEN',
    help: 'bearer token asked of every request but the health ones',
    set: (s, text) => {
      s.token = text
    },
  },
  {
    variable: 'SLIPWAY_ADMIN_TOKEN',
    help: 'bearer token of /admin, from anywhere; without one, the machine itself only',
    set: (s, text) => {
      s.adminToken = text
    },
  },
  {
    flag: 'tls-cert',
    variable: 'SLIPWAY_TLS_CERT',
    help: 'PEM certificate; with its key, serves HTTPS',
    set: (s, text) => {
      s.tls = { key: s.tls?.key ?? '', certificate: text }
    },
  },
  {
    flag: 'tls-key',
    variable: 'SLIPWAY_TLS_KEY',
    help: 'PEM key of the certificate',
    set: (s, text) => {
      s.tls = { certificate: s.tls?.certificate ?? '', key: text }
    },
  },
  {
    flag: 'cors',
    variable: 'SLIPWAY_CORS',
    help: 'origins whose pages may call, with commas between, or *',
    set: (s, text, name) => {
      s.corsOrigins = origins(name, text)
    },
  },
  {
    flag: 'rate',
    variable: 'SLIPWAY_RATE',
    help: 'requests a second of one client; 0 is no limit',
    set: (s, text, name) => {
      s.ratePerClient = number(name, text, 0, 1_000_000)
    },
  },
  {
    flag: 'shadow',
    variable: 'SLIPWAY_SHADOW',
    help: 'bundle folder scored on a copy of the traffic, never answering',
    set: (s, text) => {
      s.shadow = resolve(text)
    },
  },
  {
    flag: 'canary',
    variable: 'SLIPWAY_CANARY',
    help: '<bundle>:<fraction> answers that share of the requests, by id',
    set: (s, text, name) => {
      s.canary = canary(name, text)
    },
  },
  {
    variable: 'SLIPWAY_INSTANCE',
    help: "name of this deployment's process in metrics and windows",
    set: (s, text, name) => {
      if (!/^[A-Za-z0-9._-]{1,64}$/.test(text))
        throw wrongUsage(`${name} is "${text}", expected up to 64 letters, digits, dots, _ or -.`)
      s.instance = text
    },
  },
  {
    variable: 'SLIPWAY_ID_KEY',
    help: "secret that replicas share, to take feedback to one another's predictions",
    set: (s, text, name) => {
      if (text.length < 16)
        throw wrongUsage(`${name} has ${text.length} characters, expected 16 or more that nobody can guess.`)
      s.idKey = text
    },
  },
  {
    variable: 'SLIPWAY_BODY_BYTES',
    help: 'largest body in bytes',
    set: (s, text, name) => {
      s.bodyBytes = whole(name, text, 1, 1024 * megabytes)
    },
  },
  {
    variable: 'SLIPWAY_ROWS',
    help: 'rows of a request at most',
    set: (s, text, name) => {
      s.rowsPerRequest = whole(name, text, 1, 10_000_000)
    },
  },
  {
    variable: 'SLIPWAY_INFLIGHT',
    help: 'requests answered at once; more get 429; divided between workers',
    set: (s, text, name) => {
      s.inflightRequests = whole(name, text, 1, 1_000_000)
    },
  },
  {
    variable: 'SLIPWAY_CONNECTIONS',
    help: 'open connections; divided between workers',
    set: (s, text, name) => {
      s.connections = whole(name, text, 1, 1_000_000)
    },
  },
  {
    variable: 'SLIPWAY_REQUEST_SECONDS',
    help: 'time for a request; longer ones get 504, clients that do not read their answer are disconnected',
    set: (s, text, name) => {
      s.requestSeconds = number(name, text, 0.1, 86_400)
    },
  },
  {
    variable: 'SLIPWAY_HEADER_SECONDS',
    help: 'time for a client to send its headers',
    set: (s, text, name) => {
      s.headerSeconds = number(name, text, 0.5, 3_600)
    },
  },
  {
    variable: 'SLIPWAY_DRAIN_SECONDS',
    help: 'time to finish what is in flight at the end',
    set: (s, text, name) => {
      s.drainSeconds = number(name, text, 0, 86_400)
    },
  },
  {
    variable: 'SLIPWAY_STOP_DELAY_SECONDS',
    help: 'time in which readiness says no before listening ends',
    set: (s, text, name) => {
      s.stopDelaySeconds = number(name, text, 0, 3_600)
    },
  },
  {
    variable: 'SLIPWAY_LINGER_SECONDS',
    help: 'time that open connections may still bring a request then',
    set: (s, text, name) => {
      s.lingerSeconds = number(name, text, 0, 3_600)
    },
  },
  {
    variable: 'SLIPWAY_WINDOW_SECONDS',
    help: 'length of a monitoring window',
    set: (s, text, name) => {
      s.windowSeconds = number(name, text, 0.1, 86_400)
    },
  },
  {
    variable: 'SLIPWAY_LOGGED_ROWS',
    help: 'predictions logged a second at most; a sample of those of a busier one',
    set: (s, text, name) => {
      s.loggedRowsPerSecond = whole(name, text, 0, 10_000_000)
    },
  },
  {
    variable: 'SLIPWAY_LOG_COLUMNS',
    help: 'input columns whose values are logged, with commas between',
    set: (s, text) => {
      s.loggedColumns = list(text)
    },
  },
  {
    variable: 'SLIPWAY_REDACT',
    help: 'columns whose values never appear in a log or an error',
    set: (s, text) => {
      s.redactedColumns = list(text)
    },
  },
  {
    variable: 'SLIPWAY_LOG_SAMPLE',
    help: 'share of requests with a line in the log, 0 to 1',
    set: (s, text, name) => {
      s.logSample = number(name, text, 0, 1)
    },
  },
  {
    variable: 'SLIPWAY_LOG_FILE',
    help: 'file for the log instead of standard error; it may be renamed at any time',
    set: (s, text) => {
      s.logFile = resolve(text)
    },
  },
  {
    variable: 'SLIPWAY_LOG_LEVEL',
    help: 'debug, info, warn or error',
    set: (s, text, name) => {
      if (text !== 'debug' && text !== 'info' && text !== 'warn' && text !== 'error')
        throw wrongUsage(`${name} is "${text}", expected debug, info, warn or error.`)
      s.logLevel = text
    },
  },
  {
    variable: 'SLIPWAY_BANDWIDTH_MBPS',
    help: 'provisioned bandwidth, for its utilisation',
    set: (s, text, name) => {
      s.bandwidthMbps = number(name, text, 0.001, 1_000_000)
    },
  },
  {
    variable: 'SLIPWAY_TERSE_ERRORS',
    help: '1 leaves what a request held out of errors',
    set: (s, text, name) => {
      s.terseErrors = whole(name, text, 0, 1) === 1
    },
  },
  {
    variable: 'SLIPWAY_BATCH_MICROSECONDS',
    help: 'models slower than this a row are scored in batches, on a thread',
    set: (s, text, name) => {
      s.batching = { ...s.batching, fromMicroseconds: number(name, text, 0, 1e9) }
    },
  },
  {
    variable: 'SLIPWAY_BATCH_ROWS',
    help: 'rows of such a batch at most',
    set: (s, text, name) => {
      s.batching = { ...s.batching, rows: whole(name, text, 1, 1_000_000) }
    },
  },
  {
    variable: 'SLIPWAY_BATCH_WAIT_MS',
    help: 'time that a row waits for others at most',
    set: (s, text, name) => {
      s.batching = { ...s.batching, waitMs: number(name, text, 0, 60_000) }
    },
  },
  {
    variable: 'SLIPWAY_QUEUE_ROWS',
    help: 'rows that may wait; more get 503; divided between workers',
    set: (s, text, name) => {
      s.batching = { ...s.batching, queuedRows: whole(name, text, 1, 100_000_000) }
    },
  },
]
