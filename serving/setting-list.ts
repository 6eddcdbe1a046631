import { resolve } from 'node:path'
import {
  type DeploymentSettingValues,
  type DeploymentVariable,
  deploymentSettings,
} from '../shared/bundle/deployment-settings.ts'
import { readSwitch, readWhole } from '../shared/bundle/setting-values.ts'
import { canary, wrongUsage } from './setting-values.ts'
import { type Settings, workersAtMost } from './settings.ts'

interface Setting {
  flag?: string
  variable: string
  /** One line of help. */
  help: string
  set(settings: Settings, text: string, name: string): void
}

/** One that a deployment may be given: what it does and takes is the same on both sides. */
function given<Variable extends DeploymentVariable>(
  variable: Variable,
  put: (settings: Settings, value: DeploymentSettingValues[Variable]) => void,
  flag?: string,
): Setting {
  const { help, read } = deploymentSettings[variable]
  const set: Setting['set'] = (settings, text, name) => put(settings, read(name, text))
  return { variable, help, set, ...(flag === undefined ? {} : { flag }) }
}

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
      s.port = readWhole(0, 65_535)(name, text)
    },
  },
  {
    flag: 'workers',
    variable: 'SLIPWAY_WORKERS',
    help: 'processes that share the port; auto is one for each core',
    set: (s, text, name) => {
      s.workers = text === 'auto' ? 0 : readWhole(0, workersAtMost)(name, text)
    },
  },
  {
    variable: 'SLIPWAY_PRIMARY',
    help: '1 starts a primary process also for one worker, so that POST /admin/workers works',
    set: (s, text, name) => {
      s.ownPrimary = readSwitch(name, text)
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
  given(
    'SLIPWAY_TOKEN',
    (s, value) => {
      s.token = value
    },
    'token',
  ),
  given('SLIPWAY_ADMIN_TOKEN', (s, value) => {
    s.adminToken = value
  }),
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
  given(
    'SLIPWAY_CORS',
    (s, value) => {
      s.corsOrigins = value
    },
    'cors',
  ),
  given(
    'SLIPWAY_RATE',
    (s, value) => {
      s.ratePerClient = value
    },
    'rate',
  ),
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
  given('SLIPWAY_ID_KEY', (s, value) => {
    s.idKey = value
  }),
  given('SLIPWAY_BODY_BYTES', (s, value) => {
    s.bodyBytes = value
  }),
  given('SLIPWAY_ROWS', (s, value) => {
    s.rowsPerRequest = value
  }),
  given('SLIPWAY_INFLIGHT', (s, value) => {
    s.inflightRequests = value
  }),
  given('SLIPWAY_CONNECTIONS', (s, value) => {
    s.connections = value
  }),
  given('SLIPWAY_REQUEST_SECONDS', (s, value) => {
    s.requestSeconds = value
  }),
  given('SLIPWAY_HEADER_SECONDS', (s, value) => {
    s.headerSeconds = value
  }),
  given('SLIPWAY_DRAIN_SECONDS', (s, value) => {
    s.drainSeconds = value
  }),
  given('SLIPWAY_STOP_DELAY_SECONDS', (s, value) => {
    s.stopDelaySeconds = value
  }),
  given('SLIPWAY_LINGER_SECONDS', (s, value) => {
    s.lingerSeconds = value
  }),
  given('SLIPWAY_WINDOW_SECONDS', (s, value) => {
    s.windowSeconds = value
  }),
  given('SLIPWAY_LOGGED_ROWS', (s, value) => {
    s.loggedRowsPerSecond = value
  }),
  given('SLIPWAY_LOG_COLUMNS', (s, value) => {
    s.loggedColumns = value
  }),
  given('SLIPWAY_REDACT', (s, value) => {
    s.redactedColumns = value
  }),
  given('SLIPWAY_LOG_SAMPLE', (s, value) => {
    s.logSample = value
  }),
  {
    variable: 'SLIPWAY_LOG_FILE',
    help: 'file for the log instead of standard error; it may be renamed at any time',
    set: (s, text) => {
      s.logFile = resolve(text)
    },
  },
  given('SLIPWAY_LOG_LEVEL', (s, value) => {
    s.logLevel = value
  }),
  given('SLIPWAY_BANDWIDTH_MBPS', (s, value) => {
    s.bandwidthMbps = value
  }),
  given('SLIPWAY_TERSE_ERRORS', (s, value) => {
    s.terseErrors = value
  }),
  given('SLIPWAY_BATCH_MICROSECONDS', (s, value) => {
    s.batching = { ...s.batching, fromMicroseconds: value }
  }),
  given('SLIPWAY_BATCH_ROWS', (s, value) => {
    s.batching = { ...s.batching, rows: value }
  }),
  given('SLIPWAY_BATCH_WAIT_MS', (s, value) => {
    s.batching = { ...s.batching, waitMs: value }
  }),
  given('SLIPWAY_QUEUE_ROWS', (s, value) => {
    s.batching = { ...s.batching, queuedRows: value }
  }),
]
