import {
  filterModels,
  noFilter,
  parseMetricLimit,
  type SortOrder,
  sortModels,
  sortOrders,
} from '../../../shared/catalog/filter-models.ts'
import { mainMetric, metricKeys } from '../../../shared/metrics/metrics.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import { openForCommand } from '../../services.ts'
import { type Arguments, type Command, type Terminal, UsageError } from '../command.ts'
import { workspaceFolder } from '../find-workspace-folder.ts'
import { table } from '../table.ts'
import { modelActions } from './models-actions.ts'
import { compareVersions, writeEvaluation } from './models-evaluation.ts'

const usage = `models [list] [--search words] [--tag tag]… [--taxonomy term] [--metric 'auc>=0.8'] [--stale] [--sort ${sortOrders.join('|')}]
  slipway models [show] <name>[:version|@alias]
  slipway models alias <version> <alias> | alias --remove <name> <alias>   [--why text]
  slipway models tag|untag <version> <tag>…
  slipway models card <version> [--set file.md | --reset]
  slipway models metadata <version> [--name text] [--description text] [--use-case type|none] [--set key=value]… [--describe key=text]… [--unset key]… [--category c] [--freeform key=value]… [--unset-freeform key]…
  slipway models gates <name> [--set "auc >= 0.8"]… [--unset gate]… [--reset] [--why text]
  slipway models report <version>   (curves, slices, importance and SHAP values with --json)
  slipway models checks <version>   (how its bundles were verified)
  slipway models lineage|introspect|history <version>   (introspect --bundle also boots it)
  slipway models diff <version> <version>
  slipway models <version> --report file.html
  slipway models <version> <version>… --compare
  slipway models delete <version> [--why text]
  all with [--workspace dir] [--json]`

async function list(opened: OpenWorkspace, args: Arguments, terminal: Terminal): Promise<number> {
  const sort = args.text('sort') ?? 'name'
  const order = sortOrders.find((candidate): candidate is SortOrder => candidate === sort)
  if (order === undefined) throw new UsageError(`--sort takes ${sortOrders.join(', ')}, found "${sort}".`)
  const limit = args.text('metric')
  const metric = limit === undefined ? null : parseMetricLimit(limit)
  if (limit !== undefined && metric === null) {
    throw new UsageError(
      `--metric takes one of ${metricKeys.join(', ')} with >=, <=, > or < and a number, such as "auc>=0.8"; found "${limit}".`,
    )
  }
  const all = await opened.models.list()
  const damaged = await opened.models.damaged()
  for (const { problem, whatToDo } of damaged) terminal.log(`Not listed: ${problem}\n${whatToDo}\n`)
  const found = filterModels(all, {
    ...noFilter,
    text: args.text('search') ?? '',
    tags: args.texts('tag'),
    taxonomy: args.text('taxonomy') ?? null,
    metric,
    stale: args.flag('stale') ? true : null,
  })
  const summaries = sortModels(found, order)
  if (args.flag('json')) {
    terminal.out(JSON.stringify(summaries))
    return 0
  }
  if (summaries.length === 0) {
    const nothing =
      damaged.length === 0
        ? 'The catalog is empty. Run a notebook with a train cell.'
        : 'Nothing in the catalog can be read.'
    terminal.out(all.length === 0 ? nothing : `None of the ${all.length} versions fits.`)
    return 0
  }
  const rows = summaries.map((summary) => {
    const { key } = mainMetric[summary.task]
    const value = summary.metrics[key]
    return [
      `${summary.name}:${summary.version}`,
      summary.aliases.map((alias) => `@${alias}`).join(' '),
      summary.tags.join(', '),
      summary.task,
      summary.kind,
      `${key} ${value === undefined ? '–' : value.toPrecision(4)}`,
      summary.created,
      summary.author,
      summary.stale ?? summary.staleUnknown ?? '',
    ]
  })
  const head = ['version', 'aliases', 'tags', 'task', 'kind', 'metric', 'trained', 'author', 'stale']
  terminal.out(table(head, rows))
  return 0
}

async function show(opened: OpenWorkspace, args: Arguments, terminal: Terminal, reference: string) {
  const detail = await opened.models.get(await opened.catalog.resolve(reference))
  terminal.out(args.flag('json') ? JSON.stringify(detail) : detail.card)
  return 0
}

export const models: Command = {
  name: 'models',
  usage,
  does: 'lists, shows, compares, tests and changes what is in the catalog; a <version> is <name>[:version|@alias]',
  options: {
    workspace: { type: 'string' },
    json: { type: 'boolean' },
    search: { type: 'string' },
    tag: { type: 'string', multiple: true },
    taxonomy: { type: 'string' },
    metric: { type: 'string' },
    stale: { type: 'boolean' },
    sort: { type: 'string' },
    why: { type: 'string' },
    remove: { type: 'boolean' },
    set: { type: 'string', multiple: true },
    unset: { type: 'string', multiple: true },
    describe: { type: 'string', multiple: true },
    reset: { type: 'boolean' },
    name: { type: 'string' },
    description: { type: 'string' },
    'use-case': { type: 'string' },
    category: { type: 'string' },
    freeform: { type: 'string', multiple: true },
    'unset-freeform': { type: 'string', multiple: true },
    bundle: { type: 'boolean' },
    report: { type: 'string' },
    compare: { type: 'boolean' },
  },
  positionals: [0, 50],
  async run(args, terminal) {
    const [first, ...words] = args.positionals
    const action = first === undefined ? undefined : modelActions[first]
    const report = args.text('report')
    const named = args.positionals.length
    if (args.flag('compare') && (named < 2 || named > 6)) {
      throw new UsageError(`--compare takes 2 to 6 versions, found ${named}.`)
    }
    if (report !== undefined && named !== 1) throw new UsageError('--report takes one version.')
    const opened = await openForCommand(workspaceFolder(args))
    try {
      if (args.flag('compare')) {
        return await compareVersions(opened, args.positionals, args.flag('json'), terminal)
      }
      if (report !== undefined && first !== undefined) {
        return await writeEvaluation(opened, first, report, args.flag('json'), terminal)
      }
      if (first === undefined || (first === 'list' && words.length === 0)) {
        return await list(opened, args, terminal)
      }
      if (first === 'show' && words.length === 1) return await show(opened, args, terminal, words[0] ?? '')
      if (action && words.length >= action.words[0] && words.length <= action.words[1]) {
        return await action.run({ opened, args, terminal, words })
      }
      if (action) throw new UsageError(`models ${first} takes ${action.takes}.`)
      if (words.length > 0) {
        const known = ['list', 'show', ...Object.keys(modelActions)].join(', ')
        throw new UsageError(`models knows ${known}; found "${first}".`)
      }
      return await show(opened, args, terminal, first)
    } finally {
      await opened.close()
    }
  },
}
