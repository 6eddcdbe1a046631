import { readFile } from 'node:fs/promises'
import type { CatalogEvent, MetadataChanges } from '../../../shared/catalog/catalog-event.ts'
import { type CustomField, metadataCategories } from '../../../shared/catalog/custom-metadata.ts'
import { deployedAs } from '../../../shared/catalog/deployed-role.ts'
import { describeColumnChanges, diffSections } from '../../../shared/catalog/diff-versions.ts'
import { useCaseTypes } from '../../../shared/catalog/use-case-types.ts'
import type { VersionRef } from '../../../shared/contract/models.ts'
import { Failure } from '../../../shared/failure.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import { type Arguments, parseParameters, type Terminal, UsageError } from '../command.ts'
import { table } from '../table.ts'

interface Call {
  opened: OpenWorkspace
  args: Arguments
  terminal: Terminal
  /** What follows the action's name. */
  words: readonly string[]
}

interface ModelAction {
  /** Fewest and most words. */
  words: readonly [number, number]
  /** As a wrong call is told. */
  takes: string
  run(call: Call): Promise<number>
}

const oneVersion = { words: [1, 1], takes: 'one version, such as churn:3 or churn@champion' } as const

async function refOf({ opened, words }: Call, at = 0): Promise<VersionRef> {
  return opened.catalog.resolve(words[at] ?? '')
}

function say(call: Call, value: unknown, text: string): number {
  call.terminal.out(call.args.flag('json') ? JSON.stringify(value) : text)
  return 0
}

/** Edits the version and says how it is then. */
async function edit(call: Call, changes: MetadataChanges): Promise<number> {
  const { opened, args } = call
  const ref = await refOf(call)
  await opened.catalog.edit(ref.name, ref.version, changes, args.text('why'))
  const { metadata } = await opened.catalog.get(ref.name, ref.version)
  return say(call, { ok: true, ...ref, metadata }, `${ref.name}:${ref.version} is changed.`)
}

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

function customFields(args: Arguments): CustomField[] {
  const given = args.text('category') ?? 'Other'
  const category = metadataCategories.find((one) => one.toLowerCase() === given.toLowerCase())
  if (!category) {
    throw new UsageError(`--category takes ${metadataCategories.join(', ')}; found "${given}".`)
  }
  return Object.entries(parseParameters(args.texts('set'))).map(([key, value]) => ({
    key,
    value,
    description: '',
    category,
  }))
}

async function metadata(call: Call): Promise<number> {
  const { opened, args } = call
  const useCase = args.text('use-case')
  const useCaseType = useCaseTypes.find((one) => one === useCase)
  if (useCase !== undefined && useCaseType === undefined) {
    throw new UsageError(`--use-case takes ${useCaseTypes.join(', ')}; found "${useCase}".`)
  }
  const name = args.text('name')
  const description = args.text('description')
  const [setCustom, removeCustom] = [customFields(args), args.texts('unset')]
  const setFreeform = parseParameters(args.texts('freeform'))
  const removeFreeform = args.texts('unset-freeform')
  const changes: MetadataChanges = {
    ...(name === undefined ? {} : { displayName: name }),
    ...(description === undefined ? {} : { description }),
    ...(useCaseType === undefined ? {} : { useCaseType }),
    ...(setCustom.length > 0 ? { setCustom } : {}),
    ...(removeCustom.length > 0 ? { removeCustom } : {}),
    ...(Object.keys(setFreeform).length > 0 ? { setFreeform } : {}),
    ...(removeFreeform.length > 0 ? { removeFreeform } : {}),
  }
  if (Object.keys(changes).length > 0) return edit(call, changes)
  const { oci } = await opened.models.get(await refOf(call))
  const rows = oci.customMetadata.map(({ category, key, value, description: about }) => [
    category,
    key,
    value,
    about,
  ])
  return say(call, oci, table(['category', 'key', 'value', 'description'], rows))
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
    run: (call) => edit(call, { removeTags: call.words.slice(1) }),
  },
  card: { ...oneVersion, run: card },
  metadata: { ...oneVersion, run: metadata },
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
