import {
  type ReadSetting,
  readList,
  readNumber,
  readOneOf,
  readOrigins,
  readSecret,
  readSwitch,
  readText,
  readWhole,
} from './setting-values.ts'

/** The settings of a bundle's server that a deployment may be given, by environment variable, as they are read. */
export interface DeploymentSettingValues {
  SLIPWAY_TOKEN: string
  SLIPWAY_ADMIN_TOKEN: string
  SLIPWAY_ID_KEY: string
  SLIPWAY_CORS: string[]
  SLIPWAY_RATE: number
  SLIPWAY_BODY_BYTES: number
  SLIPWAY_ROWS: number
  SLIPWAY_INFLIGHT: number
  SLIPWAY_CONNECTIONS: number
  SLIPWAY_REQUEST_SECONDS: number
  SLIPWAY_HEADER_SECONDS: number
  SLIPWAY_DRAIN_SECONDS: number
  SLIPWAY_STOP_DELAY_SECONDS: number
  SLIPWAY_LINGER_SECONDS: number
  SLIPWAY_WINDOW_SECONDS: number
  SLIPWAY_LOGGED_ROWS: number
  SLIPWAY_LOG_COLUMNS: string[]
  SLIPWAY_REDACT: string[]
  SLIPWAY_LOG_SAMPLE: number
  SLIPWAY_LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error'
  SLIPWAY_BANDWIDTH_MBPS: number
  SLIPWAY_TERSE_ERRORS: boolean
  SLIPWAY_BATCH_MICROSECONDS: number
  SLIPWAY_BATCH_ROWS: number
  SLIPWAY_BATCH_WAIT_MS: number
  SLIPWAY_QUEUE_ROWS: number
}
export type DeploymentVariable = keyof DeploymentSettingValues

export interface DeploymentSetting<Value> {
  /** One line of help. */
  help: string
  /** The text that says what the server does without it; empty where none does. */
  usual: string
  read: ReadSetting<Value>
}

const megabyte = 1024 * 1024

/** What each does and takes; the server itself (`serving/setting-list.ts`) and whoever sets it read it from here. */
export const deploymentSettings: {
  readonly [Name in DeploymentVariable]: DeploymentSetting<DeploymentSettingValues[Name]>
} = {
  SLIPWAY_TOKEN: {
    help: 'bearer token asked of every request but the health ones',
    usual: '',
    read: readText,
  },
  SLIPWAY_ADMIN_TOKEN: {
    help: 'bearer token of /admin, from anywhere; without one, the machine itself only',
    usual: '',
    read: readText,
  },
  SLIPWAY_ID_KEY: {
    help: "secret that replicas share, to take feedback to one another's predictions",
    usual: '',
    read: readSecret(16),
  },
  SLIPWAY_CORS: {
    help: 'origins whose pages may call, with commas between, or *',
    usual: '',
    read: readOrigins,
  },
  SLIPWAY_RATE: {
    help: 'requests a second of one client; 0 is no limit',
    usual: '0',
    read: readNumber(0, 1_000_000),
  },
  SLIPWAY_BODY_BYTES: {
    help: 'largest body in bytes',
    usual: String(10 * megabyte),
    read: readWhole(1, 1024 * megabyte),
  },
  SLIPWAY_ROWS: { help: 'rows of a request at most', usual: '10000', read: readWhole(1, 10_000_000) },
  SLIPWAY_INFLIGHT: {
    help: 'requests answered at once; more get 429; divided between workers',
    usual: '256',
    read: readWhole(1, 1_000_000),
  },
  SLIPWAY_CONNECTIONS: {
    help: 'open connections; divided between workers',
    usual: '4096',
    read: readWhole(1, 1_000_000),
  },
  SLIPWAY_REQUEST_SECONDS: {
    help: 'time for a request; longer ones get 504, clients that do not read their answer are disconnected',
    usual: '60',
    read: readNumber(0.1, 86_400),
  },
  SLIPWAY_HEADER_SECONDS: {
    help: 'time for a client to send its headers',
    usual: '10',
    read: readNumber(0.5, 3_600),
  },
  SLIPWAY_DRAIN_SECONDS: {
    help: 'time to finish what is in flight at the end',
    usual: '30',
    read: readNumber(0, 86_400),
  },
  SLIPWAY_STOP_DELAY_SECONDS: {
    help: 'time in which readiness says no before listening ends',
    usual: '0',
    read: readNumber(0, 3_600),
  },
  SLIPWAY_LINGER_SECONDS: {
    help: 'time that open connections may still bring a request then',
    usual: '0.5',
    read: readNumber(0, 3_600),
  },
  SLIPWAY_WINDOW_SECONDS: {
    help: 'length of a monitoring window',
    usual: '60',
    read: readNumber(0.1, 86_400),
  },
  SLIPWAY_LOGGED_ROWS: {
    help: 'predictions logged a second at most; a sample of those of a busier one',
    usual: '2000',
    read: readWhole(0, 10_000_000),
  },
  SLIPWAY_LOG_COLUMNS: {
    help: 'input columns whose values are logged, with commas between',
    usual: '',
    read: readList,
  },
  SLIPWAY_REDACT: {
    help: 'columns whose values never appear in a log or an error',
    usual: '',
    read: readList,
  },
  SLIPWAY_LOG_SAMPLE: {
    help: 'share of requests with a line in the log, 0 to 1',
    usual: '0',
    read: readNumber(0, 1),
  },
  SLIPWAY_LOG_LEVEL: {
    help: 'debug, info, warn or error',
    usual: 'info',
    read: readOneOf('debug', 'info', 'warn', 'error'),
  },
  SLIPWAY_BANDWIDTH_MBPS: {
    help: 'provisioned bandwidth, for its utilisation',
    usual: '10',
    read: readNumber(0.001, 1_000_000),
  },
  SLIPWAY_TERSE_ERRORS: {
    help: '1 leaves what a request held out of errors',
    usual: '0',
    read: readSwitch,
  },
  SLIPWAY_BATCH_MICROSECONDS: {
    help: 'models slower than this a row are scored in batches, on a thread',
    usual: '200',
    read: readNumber(0, 1e9),
  },
  SLIPWAY_BATCH_ROWS: { help: 'rows of such a batch at most', usual: '256', read: readWhole(1, 1_000_000) },
  SLIPWAY_BATCH_WAIT_MS: {
    help: 'time that a row waits for others at most',
    usual: '2',
    read: readNumber(0, 60_000),
  },
  SLIPWAY_QUEUE_ROWS: {
    help: 'rows that may wait; more get 503; divided between workers',
    usual: '20000',
    read: readWhole(1, 100_000_000),
  },
}

export const isDeploymentVariable = (name: string): name is DeploymentVariable =>
  Object.hasOwn(deploymentSettings, name)

export const deploymentVariables: readonly DeploymentVariable[] =
  Object.keys(deploymentSettings).filter(isDeploymentVariable)

/** Those of them that nobody else may read. */
export const secretVariables: readonly string[] = ['SLIPWAY_TOKEN', 'SLIPWAY_ADMIN_TOKEN', 'SLIPWAY_ID_KEY']

/** What a deployment decides by itself: where it listens, what it serves, where it keeps its state and its log. */
export const decidedVariables: readonly string[] = [
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
]
