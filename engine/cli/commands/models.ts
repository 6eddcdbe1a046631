import { mainMetric } from '../../../shared/metrics/metrics.ts'
import { modelDetail, modelSummary } from '../../catalog/describe-version.ts'
import { openForCommand } from '../../services.ts'
import { type Command, UsageError } from '../command.ts'
import { workspaceFolder } from '../find-workspace-folder.ts'
import { table } from '../table.ts'
import { compareVersions, writeEvaluation } from './models-evaluation.ts'

export const models: Command = {
  name: 'models',
  usage:
    'models [<name>[:version|@alias]] [--report file.html] [--workspace dir] [--json]\n  slipway models <version> <version>… --compare [--workspace dir] [--json]',
  does: 'lists the catalog, or shows one version whole',
  options: {
    workspace: { type: 'string' },
    json: { type: 'boolean' },
    report: { type: 'string' },
    compare: { type: 'boolean' },
  },
  positionals: [0, 6],
  async run(args, terminal) {
    const named = args.positionals.length
    if (args.flag('compare') ? named < 2 : named > 1) {
      throw new UsageError(
        args.flag('compare')
          ? `--compare takes 2 to 6 versions, found ${named}.`
          : `models takes one version, found ${named}; with --compare several.`,
      )
    }
    if (args.text('report') !== undefined && named !== 1) throw new UsageError('--report takes one version.')
    const opened = await openForCommand(workspaceFolder(args))
    try {
      const reference = args.positionals[0]
      const report = args.text('report')
      if (args.flag('compare')) {
        return await compareVersions(opened, args.positionals, args.flag('json'), terminal)
      }
      if (report !== undefined && reference !== undefined) {
        return await writeEvaluation(opened, reference, report, args.flag('json'), terminal)
      }
      if (reference !== undefined) {
        const { name, version } = await opened.catalog.resolve(reference)
        const entry = await opened.catalog.get(name, version)
        const detail = await modelDetail(entry, opened.catalog.folder(name, version), opened.staleness)
        terminal.out(args.flag('json') ? JSON.stringify(detail) : detail.card)
        return 0
      }
      const entries = await opened.catalog.list()
      const summaries = await Promise.all(entries.map((entry) => modelSummary(entry, opened.staleness)))
      if (args.flag('json')) {
        terminal.out(JSON.stringify(summaries))
        return 0
      }
      if (summaries.length === 0) {
        terminal.out('The catalog is empty. Run a notebook with a train cell.')
        return 0
      }
      const rows = summaries.map((summary) => {
        const { key } = mainMetric[summary.task]
        const value = summary.metrics[key]
        return [
          `${summary.name}:${summary.version}`,
          summary.aliases.map((alias) => `@${alias}`).join(' '),
          summary.task,
          summary.kind,
          `${key} ${value === undefined ? '–' : value.toPrecision(4)}`,
          summary.created,
          summary.stale ?? '',
        ]
      })
      terminal.out(table(['version', 'aliases', 'task', 'kind', 'metric', 'trained', 'stale'], rows))
      return 0
    } finally {
      await opened.close()
    }
  },
}
