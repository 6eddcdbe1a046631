import { parseArgs } from 'node:util'
import { Failure } from '../../shared/failure.ts'

/** Where a command writes: results to `out`, progress and logs to `log`. */
export interface Terminal {
  out(text: string): void
  log(text: string): void
  /** Standard error is a terminal, so that a line may be rewritten. */
  interactive: boolean
}

export interface OptionSpec {
  type: 'string' | 'boolean'
  short?: string
  multiple?: boolean
}

export interface Arguments {
  positionals: string[]
  text(name: string): string | undefined
  texts(name: string): string[]
  flag(name: string): boolean
  /** @throws UsageError when not a whole number in the range */
  integer(name: string, min: number, max: number): number | undefined
}

export interface Command {
  name: string
  /** As shown by `slipway help`. */
  usage: string
  does: string
  options: Record<string, OptionSpec>
  /** Fewest and most positional arguments. */
  positionals: [number, number]
  /** Answers the exit code: 0 done, 1 failed. */
  run(args: Arguments, terminal: Terminal): Promise<number>
}

/** The words of the call are off: exit code 2. */
export class UsageError extends Error {}

export function parseCommandLine(command: Command, words: readonly string[]): Arguments {
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({ args: [...words], options: command.options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
  const [fewest, most] = command.positionals
  if (parsed.positionals.length < fewest || parsed.positionals.length > most) {
    throw new UsageError(
      `${command.name} takes ${fewest === most ? fewest : `${fewest} to ${most}`} argument${most === 1 ? '' : 's'}, found ${parsed.positionals.length}.`,
    )
  }
  const values = parsed.values
  function text(name: string): string | undefined {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    positionals: parsed.positionals,
    text,
    texts(name) {
      const value = values[name]
      return Array.isArray(value) ? value.map(String) : []
    },
    flag: (name) => values[name] === true,
    integer(name, min, max) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (!/^\d+$/.test(value) || number < min || number > max) {
        throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, found "${value}".`)
      }
      return number
    },
  }
}

/** The `name=value` words of an option, such as `-p`, as a record. */
export function parseParameters(option: string, words: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {}
  for (const word of words) {
    const equals = word.indexOf('=')
    if (equals < 1) throw new UsageError(`${option} takes name=value, found "${word}".`)
    parameters[word.slice(0, equals)] = word.slice(equals + 1)
  }
  return parameters
}

/** The failure as a person reads it on a terminal. */
export function failureText(error: unknown): string {
  if (error instanceof Failure) return `${error.message}\n${error.whatToDo}`.trim()
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
