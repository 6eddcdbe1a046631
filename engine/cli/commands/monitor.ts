import type { MonitoringState } from '../../../shared/contract/monitoring.ts'
import { openForCommand } from '../../services.ts'
import { type Command, UsageError } from '../command.ts'
import { workspaceFolderOrOwn } from '../find-workspace-folder.ts'
import { table } from '../table.ts'

function describe(state: MonitoringState): string {
  const { totals, model, drift, problem } = state
  const head = `${state.deployment}  ${model.name}:${model.version}  ${totals.requests} requests, ${totals.rows} rows, ${totals.errors} errors, p99 ${totals.p99 === null ? '–' : `${(totals.p99 * 1000).toFixed(1)} ms`}, ${totals.feedback} with feedback`
  const rows = [...drift]
    .sort((a, b) => b.psi - a.psi)
    .map((entry) => [
      entry.column,
      entry.role,
      entry.psi.toFixed(3),
      entry.pValue.toPrecision(2),
      entry.verdict,
      entry.note,
    ])
  return `${head}${problem === '' ? '' : `\n${problem}`}\n${table(['column', 'role', 'PSI', 'p', 'verdict', 'note'], rows)}`
}

export const monitor: Command = {
  name: 'monitor',
  usage: 'monitor <endpoint>… [--token T] [--workspace dir] [--json]',
  does: 'pulls once from each endpoint (an address, or the name of a deployment), stores what came, prints the state; --token is for endpoints that ask for one',
  options: { token: { type: 'string' }, workspace: { type: 'string' }, json: { type: 'boolean' } },
  positionals: [1, 100],
  async run(args, terminal) {
    const token = args.text('token')
    if (token !== undefined && !/^(?! )[\x20-\x7e]+(?<! )$/.test(token)) {
      throw new UsageError('--token takes letters, digits and signs of ASCII, without a space at either end.')
    }
    const opened = await openForCommand(await workspaceFolderOrOwn(args))
    try {
      const monitoring = await opened.monitoring()
      const states: MonitoringState[] = []
      for (const endpoint of args.positionals) states.push(await monitoring.pullEndpoint(endpoint, token))
      terminal.out(args.flag('json') ? JSON.stringify(states) : states.map(describe).join('\n\n'))
      return states.every((state) => state.problem === '') ? 0 : 1
    } finally {
      await opened.close()
    }
  },
}
