import { fitsLogFilter, type LogLevel, logLevels, readLogLine } from '../../../shared/bundle/log-line.ts'
import { openForCommand } from '../../services.ts'
import { type Command, UsageError } from '../command.ts'
import { workspaceFolderOrOwn } from '../find-workspace-folder.ts'
import { untilEnded } from '../until-ended.ts'

/** `2026-11-22 14:03:09  warn   a worker ended  "pid":7` */
export function shownLine(line: string): string {
  const { level, time, message, details } = readLogLine(line)
  const at = time === null ? '' : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}  `
  return `${at}${level.padEnd(5)}  ${message}${details === '' ? '' : `  ${details}`}`
}

function levelOf(text: string | undefined): LogLevel {
  const level = logLevels.find((known) => known === (text ?? 'debug'))
  if (level === undefined) throw new UsageError(`--level takes ${logLevels.join(', ')}, found "${text}".`)
  return level
}

export const logs: Command = {
  name: 'logs',
  usage:
    'logs <name> [--follow] [--lines N] [--level debug|info|warn|error] [--search words] [--workspace dir] [--json]',
  does: 'shows what a deployment logs; --follow goes on until Ctrl+C, and with --json writes the lines as they are',
  options: {
    follow: { type: 'boolean', short: 'f' },
    lines: { type: 'string', short: 'n' },
    level: { type: 'string' },
    search: { type: 'string' },
    workspace: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: [1, 1],
  async run(args, terminal) {
    const name = args.positionals[0] ?? ''
    const count = args.integer('lines', 1, 5000) ?? 100
    const filter = { level: levelOf(args.text('level')), text: args.text('search') ?? '' }
    const fits = (line: string) => fitsLogFilter(readLogLine(line), filter)
    const json = args.flag('json')
    const opened = await openForCommand(await workspaceFolderOrOwn(args))
    try {
      if (!args.flag('follow')) {
        const lines = (await opened.deployments.logs(name, count)).filter(fits)
        if (json) terminal.out(JSON.stringify({ deployment: name, lines: lines.map(readLogLine) }))
        else for (const line of lines) terminal.out(shownLine(line))
        return 0
      }
      const ending = new AbortController()
      const ended = untilEnded()
      void ended.promise.then(() => ending.abort())
      for await (const lines of opened.deployments.followLogs(name, count, ending.signal)) {
        for (const line of lines.filter(fits)) terminal.out(json ? line : shownLine(line))
      }
      return 0
    } finally {
      await opened.close()
    }
  },
}
