import { readFile } from 'node:fs/promises'
import type { CatalogEvent } from '../../../shared/catalog/catalog-event.ts'
import { deployedAs } from '../../../shared/catalog/deployed-role.ts'
import { describeColumnChanges, diffSections } from '../../../shared/catalog/diff-versions.ts'
import { Failure } from '../../../shared/failure.ts'
import { UsageError } from '../command.ts'
import { table } from '../table.ts'
import { assertThere, type Call, edit, type ModelAction, oneVersion, refOf, say } from './model-action.ts'
import { checks } from './models-checks.ts'
import { gates } from './models-gates.ts'
import { metadata } from './models-metadata.ts'
import { report } from './models-report.ts'

async function alias(call: Call): Promise<number> {
  const { opened, args, words } = call
  const [, name = ''] = words
  const why = args.text('why')
  if (args.flag('remove')) {
    const model = (words[0] ?? '').replace(/[:@].*$/, '')
    const known = await opened.catalog.aliases(model)
    if (known[name] === undefined) {
      const there = Object.keys(known).map((one) => `@${one}`)
      throw new Failure(
        'not-found',
        `Model "${model}" has no alias "${name}"; it has ${there.length === 0 ? 'none' : there.join(', ')}.`,
        'Choose one that is there.',
      )
    }
    await opened.catalog.setAlias(model, name, null, why)
    return say(call, { ok: true, name: model, alias: name, version: null }, `${model}@${name} is removed.`)
  }
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new UsageError(`An alias is a letter, then letters, digits, _ or -; found "${name}".`)
  }
  const ref = await refOf(call)
  await opened.catalog.setAlias(ref.name, name, ref.version, why)
  return say(call, { ok: true, ...ref, alias: name }, `${ref.name}@${name} is version ${ref.version}.`)
}

async function untag(call: Call): Promise<number> {
  const { name, version } = await refOf(call)
  const { tags } = (await call.opened.catalog.get(name, version)).metadata
  const [, ...named] = call.words
  assertThere(`${name}:${version}`, 'tag', named, tags)
  return edit(call, { removeTags: named })
}

async function card(call: Call): Promise<number> {
  const { opened, args } = call
  const [file] = args.texts('set')
  if (args.flag('reset')) return edit(call, { card: null })
  if (file !== undefined) {
    const text = await readFile(file, 'utf8').catch(() => {
      throw new Failure('not-found', `There is no file ${file}.`, 'Name a Markdown file.')
    })
    return edit(call, { card: text })
  }
  const ref = await refOf(call)
  const detail = await opened.models.get(ref)
  return say(call, { ...ref, card: detail.card, edited: detail.cardEdited }, detail.card)
}

function eventText({ event }: CatalogEvent): string {
  switch (event.type) {
    case 'alias': {
      if (event.version === null) return `@${event.alias} removed from version ${event.from}`
      return `@${event.alias} to version ${event.version}${event.from === null ? '' : `, from ${event.from}`}`
    }
    case 'metadata':
      return `version ${event.version}: ${JSON.stringify(event.changes).slice(0, 120)}`
    case 'tested': {
      const failed = event.tests.filter(({ status }) => status === 'Failed').length
      return `version ${event.version} tested: ${failed === 0 ? 'none failed' : `${failed} failed`}`
    }
    case 'packaged':
      return `version ${event.version} packaged to ${event.path}`
    case 'deployed':
      return `version ${event.version} deployed as ${deployedAs(event)}`
    case 'undeployed':
      return `version ${event.version} no longer deployed as ${deployedAs(event)}`
    case 'gates':
      return event.gates.length === 0 ? 'no gates' : `gates ${event.gates.join(', ')}`
    case 'deleted':
      return `version ${event.version} deleted`
  }
}

/** What follows `slipway models`; its JSON is one document each. */
export const modelActions: Readonly<Record<string, ModelAction>> = {
  alias: { words: [2, 2], takes: 'a version and an alias, such as churn:3 champion', run: alias },
  tag: {
    words: [2, 50],
    takes: 'a version and tags',
    run: (call) => edit(call, { addTags: call.words.slice(1) }),
  },
  untag: {
    words: [2, 50],
    takes: 'a version and tags',
    run: untag,
  },
  card: { ...oneVersion, run: card },
  metadata: { ...oneVersion, run: metadata },
  gates: { words: [1, 1], takes: 'a model, such as churn', run: gates },
  report: { ...oneVersion, run: report },
  checks: { ...oneVersion, run: checks },
  lineage: {
    ...oneVersion,
    async run(call) {
      const graph = await call.opened.models.lineage(await refOf(call))
      const titles = new Map(graph.nodes.map(({ id, kind, title }) => [id, `${kind} ${title}`]))
      const lines = graph.edges.map(({ from, to }) => `${titles.get(from)} → ${titles.get(to)}`)
      return say(call, graph, lines.join('\n'))
    },
  },
  introspect: {
    ...oneVersion,
    async run(call) {
      const ref = await refOf(call)
      const tests = await call.opened.models.introspect(ref, call.args.flag('bundle'))
      const ok = tests.every(({ status }) => status !== 'Failed')
      const rows = tests.map(({ name, status, detail }) => [status, name, detail])
      say(call, { ok, ...ref, tests }, table(['result', 'test', 'found'], rows))
      return ok ? 0 : 1
    },
  },
  history: {
    words: [1, 1],
    takes: 'a model, such as churn',
    async run(call) {
      const name = (call.words[0] ?? '').replace(/[:@].*$/, '')
      const events = await call.opened.catalog.history(name)
      if (events.length === 0) await call.opened.catalog.resolve(name)
      const rows = events.map((event) => [event.at, event.by, eventText(event), event.why])
      return say(call, events, table(['when', 'who', 'what', 'why'], rows))
    },
  },
  diff: {
    words: [2, 2],
    takes: 'two versions, such as churn:2 churn:3',
    async run(call) {
      const comparison = await call.opened.models.diff(await refOf(call), await refOf(call, 1))
      const rows = diffSections.flatMap((section) =>
        comparison.diff[section].map(({ path, before, after }) => [
          section,
          path,
          before ?? '–',
          after ?? '–',
        ]),
      )
      const columns = describeColumnChanges(comparison.diff.columns)
      const text =
        rows.length === 0
          ? 'They are equal.'
          : `${columns === null ? '' : `Columns of requests. ${columns}\n`}${table(['part', 'what', ...call.words], rows)}`
      return say(call, comparison, text)
    },
  },
  delete: {
    ...oneVersion,
    async run(call) {
      const ref = await refOf(call)
      await call.opened.models.remove(ref, call.args.text('why') ?? '')
      return say(call, { ok: true, ...ref }, `${ref.name}:${ref.version} is deleted.`)
    },
  },
}
