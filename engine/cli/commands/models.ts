import { mainMetric } from '../../../shared/metrics/metrics.ts'
import { modelDetail, modelSummary } from '../../catalog/describe-version.ts'
import { openForCommand } from '../../services.ts'
import type { Command } from '../command.ts'
import { workspaceFolder } from '../find-workspace-folder.ts'
import { table } from '../table.ts'

export const models: Command = {
  name: 'models',
  usage: 'models [<name>[:version|@alias]] [--workspace dir] [--json]',
  does: 'lists the catalog, or shows one version whole',
  options: { workspace: { type: 'string' }, json: { type: 'boolean' } },
  positionals: [0, 1],
  async run(args, terminal) {
    const opened = await openForCommand(workspaceFolder(args))
    try {
      const reference = args.positionals[0]
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
