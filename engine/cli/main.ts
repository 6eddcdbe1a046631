import { Failure } from '../../shared/failure.ts'
import { installation } from '../installation.ts'
import { type Command, failureText, parseCommandLine, type Terminal, UsageError } from './command.ts'

/** Loaded one by one: `slipway models` should not wait for what `slipway serve` needs. */
const commands: Record<string, () => Promise<Command>> = {
  init: async () => (await import('./commands/init.ts')).init,
  serve: async () => (await import('./commands/serve.ts')).serve,
  run: async () => (await import('./commands/run.ts')).run,
  models: async () => (await import('./commands/models.ts')).models,
  import: async () => (await import('./commands/import.ts')).importCommand,
  package: async () => (await import('./commands/package.ts')).packageCommand,
  verify: async () => (await import('./commands/verify.ts')).verify,
  deploy: async () => (await import('./commands/deployments.ts')).deploy,
  deployments: async () => (await import('./commands/deployments.ts')).deploymentsCommand,
  activate: async () => (await import('./commands/deployments.ts')).activate,
  deactivate: async () => (await import('./commands/deployments.ts')).deactivate,
  remove: async () => (await import('./commands/deployments.ts')).remove,
  swap: async () => (await import('./commands/deployments.ts')).swap,
  scale: async () => (await import('./commands/deployments.ts')).scale,
  logs: async () => (await import('./commands/logs.ts')).logs,
  score: async () => (await import('./commands/score.ts')).score,
  monitor: async () => (await import('./commands/monitor.ts')).monitor,
  demo: async () => (await import('./commands/demo.ts')).demo,
}

const terminal: Terminal = {
  out: (text) => process.stdout.write(`${text}\n`),
  log: (text) => process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
}

async function help(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()))
  const lines = all.map((command) => `  slipway ${command.usage}\n      ${command.does}`)
  return `Slipway ${installation.version}\n\n${lines.join('\n')}\n\nExit codes: 0 done, 1 failed, 2 wrong usage.`
}

async function main(words: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = words
  if (name === 'help' || name === '--help' || name === '-h') {
    terminal.out(await help())
    return 0
  }
  if (name === '--version') {
    terminal.out(installation.version)
    return 0
  }
  const load = commands[name]
  if (!load) {
    terminal.log(`There is no command "${name}". slipway help lists them.\n`)
    return 2
  }
  const command = await load()
  const json = rest.includes('--json')
  const sayJson = (failure: Failure) => {
    if (json) terminal.out(JSON.stringify({ ok: false, error: failure.toData() }))
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(`slipway ${command.usage}\n    ${command.does}`)
    return 0
  }
  try {
    return await command.run(parseCommandLine(command, rest), terminal)
  } catch (error) {
    if (error instanceof UsageError) {
      sayJson(new Failure('invalid-input', error.message, `Usage: slipway ${command.usage}`))
      terminal.log(`${error.message}\nUsage: slipway ${command.usage}\n`)
      return 2
    }
    sayJson(
      error instanceof Failure
        ? error
        : new Failure('failed', String(error), 'This is a fault in Slipway; please report it.'),
    )
    terminal.log(`${failureText(error)}\n`)
    return 1
  }
}

process.exitCode = await main(process.argv.slice(2))
// Workers and pollers of the engine must not keep a finished command alive.
process.stdout.write('', () => process.exit())
