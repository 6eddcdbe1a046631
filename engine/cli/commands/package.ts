import { resolve } from 'node:path'
import type { Report } from '../../../shared/bundle/check.ts'
import { targetSchema, targets } from '../../../shared/bundle/manifest.ts'
import { archiveOf } from '../../bundles/archives/archive.ts'
import { openForCommand } from '../../services.ts'
import { type Command, UsageError } from '../command.ts'
import { workspaceFolder } from '../find-workspace-folder.ts'
import { reportLines, showPackageEvents } from '../show-checks.ts'
import { untilInterrupted } from '../until-interrupted.ts'

/** What there is now, and that there is nothing where a check failed. */
function packageLines(report: Report, { archive }: { archive: boolean }): string {
  if (!report.ok) return `Nothing was written. ${reportLines(report)}`
  return archive ? `${reportLines(report)}\n${archiveOf(report.path)}` : reportLines(report)
}

export const packageCommand: Command = {
  name: 'package',
  usage:
    'package <name>[:version|@alias] --out <dir> [--workspace dir] [--target any|<platform>-<arch>] [--gate "auc >= 0.8"]… [--archive] [--json]',
  does: 'writes a bundle and proves that it predicts as it did in the notebook',
  options: {
    out: { type: 'string' },
    workspace: { type: 'string' },
    target: { type: 'string' },
    gate: { type: 'string', multiple: true },
    archive: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  positionals: [1, 1],
  async run(args, terminal) {
    const out = args.text('out')
    if (out === undefined)
      throw new UsageError('package needs --out <dir>, the folder to write the bundle to.')
    const target = targetSchema.optional().safeParse(args.text('target'))
    if (!target.success) {
      throw new UsageError(`--target takes ${targets.join(', ')}, found "${args.text('target')}".`)
    }
    const opened = await openForCommand(workspaceFolder(args))
    try {
      const { name, version } = await opened.catalog.resolve(args.positionals[0] ?? '')
      const options = {
        out: resolve(out),
        ...(target.data ? { target: target.data } : {}),
        gates: args.texts('gate'),
        archive: args.flag('archive'),
      }
      const report = await untilInterrupted((signal) =>
        opened.bundles.package({ name, version }, { ...options, signal }, showPackageEvents(terminal)),
      )
      terminal.out(args.flag('json') ? JSON.stringify(report) : packageLines(report, options))
      return report.ok ? 0 : 1
    } finally {
      await opened.close()
    }
  },
}
