import { Failure } from '../shared/failure.ts'
import { defaultSettings, type Settings } from './settings.ts'

export type Command =
  | { kind: 'serve'; settings: Settings }
  | { kind: 'score'; input: string; output: string }
  | { kind: 'verify'; json: boolean; events: boolean }
  | { kind: 'help' }

export const usage = `Usage:
  serve  [--port N] [--host H] [--state DIR] [--token T]   answer requests over HTTP
  score  <input> <output>                                  score a CSV or NDJSON file
  verify [--json]                                          check the files and replay the recorded rows

Settings as environment variables: SLIPWAY_PORT, SLIPWAY_HOST, SLIPWAY_STATE, SLIPWAY_TOKEN, SLIPWAY_INSTANCE,
SLIPWAY_BODY_BYTES, SLIPWAY_ROWS, SLIPWAY_INFLIGHT, SLIPWAY_REQUEST_SECONDS, SLIPWAY_DRAIN_SECONDS,
SLIPWAY_WINDOW_SECONDS, SLIPWAY_LOGGED_ROWS, SLIPWAY_BANDWIDTH_MBPS, SLIPWAY_TERSE_ERRORS, SLIPWAY_LOG_LEVEL.
`

type Environment = Readonly<Record<string, string | undefined>>

function wrongUsage(message: string): Failure {
  return new Failure('invalid-input', message, 'Run with --help to see what is accepted.')
}

function numberSetting(name: string, text: string, lowest: number, highest: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < lowest || value > highest) {
    throw wrongUsage(`${name} is "${text}", expected a number from ${lowest} to ${highest}.`)
  }
  return value
}

function wholeSetting(name: string, text: string, lowest: number, highest: number): number {
  const value = numberSetting(name, text, lowest, highest)
  if (!Number.isInteger(value)) throw wrongUsage(`${name} is "${text}", expected a whole number.`)
  return value
}

function readSettings(flags: ReadonlyMap<string, string>, env: Environment, folder: string): Settings {
  const settings: Settings = { ...defaultSettings, stateFolder: `${folder}/state` }
  const given = (flag: string | null, variable: string, apply: (name: string, text: string) => void) => {
    const fromFlag = flag === null ? undefined : flags.get(flag)
    const fromEnvironment = env[variable]
    if (fromFlag !== undefined) apply(`--${flag}`, fromFlag)
    else if (fromEnvironment !== undefined && fromEnvironment !== '') apply(variable, fromEnvironment)
  }
  given('host', 'SLIPWAY_HOST', (_, text) => {
    settings.host = text
  })
  given('port', 'SLIPWAY_PORT', (name, text) => {
    settings.port = wholeSetting(name, text, 0, 65535)
  })
  given('state', 'SLIPWAY_STATE', (_, text) => {
    settings.stateFolder = text
  })
  given('token', 'SLIPWAY_TOKEN', (_, text) => {
    settings.token = text
  })
  given(null, 'SLIPWAY_INSTANCE', (name, text) => {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(text)) {
      throw wrongUsage(`${name} is "${text}", expected up to 64 letters, digits, dots, _ or -.`)
    }
    settings.instance = text
  })
  given(null, 'SLIPWAY_BODY_BYTES', (name, text) => {
    settings.bodyBytes = wholeSetting(name, text, 1, 2 ** 30)
  })
  given(null, 'SLIPWAY_ROWS', (name, text) => {
    settings.rowsPerRequest = wholeSetting(name, text, 1, 10_000_000)
  })
  given(null, 'SLIPWAY_INFLIGHT', (name, text) => {
    settings.inflightRequests = wholeSetting(name, text, 1, 1_000_000)
  })
  given(null, 'SLIPWAY_REQUEST_SECONDS', (name, text) => {
    settings.requestSeconds = numberSetting(name, text, 0.1, 86_400)
  })
  given(null, 'SLIPWAY_DRAIN_SECONDS', (name, text) => {
    settings.drainSeconds = numberSetting(name, text, 0, 86_400)
  })
  given(null, 'SLIPWAY_WINDOW_SECONDS', (name, text) => {
    settings.windowSeconds = numberSetting(name, text, 0.1, 86_400)
  })
  given(null, 'SLIPWAY_LOGGED_ROWS', (name, text) => {
    settings.loggedRowsPerSecond = wholeSetting(name, text, 0, 10_000_000)
  })
  given(null, 'SLIPWAY_BANDWIDTH_MBPS', (name, text) => {
    settings.bandwidthMbps = numberSetting(name, text, 0.001, 1_000_000)
  })
  given(null, 'SLIPWAY_TERSE_ERRORS', (name, text) => {
    settings.terseErrors = wholeSetting(name, text, 0, 1) === 1
  })
  given(null, 'SLIPWAY_LOG_LEVEL', (name, text) => {
    if (text !== 'debug' && text !== 'info' && text !== 'warn' && text !== 'error') {
      throw wrongUsage(`${name} is "${text}", expected debug, info, warn or error.`)
    }
    settings.logLevel = text
  })
  return settings
}

/** `--flag value` and `--flag=value`; everything else is positional. */
function split(argv: readonly string[], valued: readonly string[], bare: readonly string[]) {
  const flags = new Map<string, string>()
  const positional: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (!word.startsWith('--')) {
      positional.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const flag = word.slice(2, equals < 0 ? undefined : equals)
    if (bare.includes(flag) && equals < 0) {
      flags.set(flag, '')
      continue
    }
    if (!valued.includes(flag)) throw wrongUsage(`Unknown option --${flag}.`)
    const value = equals < 0 ? argv[++i] : word.slice(equals + 1)
    if (value === undefined) throw wrongUsage(`--${flag} needs a value.`)
    flags.set(flag, value)
  }
  return { flags, positional }
}

/**
 * Reads a command line.
 *
 * @param folder the bundle's folder, beside which the state folder is by default
 * @throws Failure `invalid-input` naming the option
 */
export function parseArguments(argv: readonly string[], env: Environment, folder: string): Command {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || argv.includes('--help')) return { kind: 'help' }
  if (name === 'serve') {
    const { flags, positional } = split(rest, ['port', 'host', 'state', 'token', 'workers'], [])
    if (positional.length > 0) throw wrongUsage(`serve takes no "${positional[0]}".`)
    const workers = flags.get('workers')
    if (workers !== undefined && wholeSetting('--workers', workers, 1, 1024) !== 1) {
      throw wrongUsage(`--workers is ${workers}; this runtime serves from one process.`)
    }
    return { kind: 'serve', settings: readSettings(flags, env, folder) }
  }
  if (name === 'score') {
    const { positional } = split(rest, [], [])
    const [input, output] = positional
    if (input === undefined || output === undefined || positional.length > 2) {
      throw wrongUsage(`score takes an input and an output file, got ${positional.length} names.`)
    }
    return { kind: 'score', input, output }
  }
  if (name === 'verify') {
    const { flags, positional } = split(rest, [], ['json', 'events'])
    if (positional.length > 0) throw wrongUsage(`verify takes no "${positional[0]}".`)
    return { kind: 'verify', json: flags.has('json'), events: flags.has('events') }
  }
  throw wrongUsage(`Unknown command "${name}".`)
}
