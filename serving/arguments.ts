import { locationForms } from './batch/locations.ts'
import { type Environment, readSettings } from './read-settings.ts'
import { settingList } from './setting-list.ts'
import { wrongUsage } from './setting-values.ts'
import type { Settings } from './settings.ts'

export interface ScoreFlags {
  resume: boolean
  strict: boolean
  append: boolean
  json: boolean
  badRows?: string
  threads?: number
}

export interface VerifyFlags {
  json: boolean
  events: boolean
  /** Checks a bundle without a signature all the same. */
  allowUnsigned: boolean
}

export type Command =
  | { kind: 'serve'; settings: Settings }
  | { kind: 'score'; input: string; output: string; options: ScoreFlags }
  | { kind: 'verify'; options: VerifyFlags }
  | { kind: 'help' }

const settingLines = settingList.map(({ flag, variable, help }) => {
  const name = flag === undefined ? variable : `--${flag}, ${variable}`
  return `  ${name.padEnd(30)} ${help}`
})

export const usage = `Usage:
  serve  [settings]          answer requests over HTTP
  score  <input> <output>    score rows of a file or table
  verify [--json] [--allow-unsigned]
                             check the files and replay the recorded rows

Inputs and outputs of score: ${locationForms}.
An input may have a query in the place of the table.
  --resume             continue a run that was stopped, at its last commit
  --bad-rows <file>    where rows that do not fit go (default: <output>.bad.ndjson)
  --strict             stop at the first row that does not fit
  --threads <n>        threads that score, 1 to 64 (default: one a core, where the model is worth it)
  --append             add to a table that exists
  --json               print a summary as JSON

Settings of serve, as flags or environment variables:
${settingLines.join('\n')}
`

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

function threadsOf(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 64) return Number(text)
  throw wrongUsage(`--threads is "${text}", expected a whole number from 1 to 64.`)
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
    const valued = settingList.flatMap(({ flag }) => flag ?? [])
    const { flags, positional } = split(rest, valued, [])
    if (positional.length > 0) throw wrongUsage(`serve takes no "${positional[0]}".`)
    return { kind: 'serve', settings: readSettings(flags, env, folder) }
  }
  if (name === 'score') {
    const { flags, positional } = split(rest, ['bad-rows', 'threads'], ['resume', 'strict', 'append', 'json'])
    const [input, output] = positional
    const badRows = flags.get('bad-rows')
    const threads = flags.get('threads')
    if (input === undefined || output === undefined || positional.length > 2) {
      throw wrongUsage(`score takes an input and an output file, got ${positional.length} names.`)
    }
    const options = {
      resume: flags.has('resume'),
      strict: flags.has('strict'),
      append: flags.has('append'),
      json: flags.has('json'),
      ...(badRows === undefined ? {} : { badRows }),
      ...(threads === undefined ? {} : { threads: threadsOf(threads) }),
    }
    return { kind: 'score', input, output, options }
  }
  if (name === 'verify') {
    const { flags, positional } = split(rest, [], ['json', 'events', 'allow-unsigned'])
    if (positional.length > 0) throw wrongUsage(`verify takes no "${positional[0]}".`)
    // The workbench asks by the variable, which bundles of before know nothing of and pass over.
    const allowUnsigned = flags.has('allow-unsigned') || env.SLIPWAY_ALLOW_UNSIGNED === '1'
    return {
      kind: 'verify',
      options: { json: flags.has('json'), events: flags.has('events'), allowUnsigned },
    }
  }
  throw wrongUsage(`Unknown command "${name}".`)
}
