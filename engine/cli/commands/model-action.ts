import type { MetadataChanges } from '../../../shared/catalog/catalog-event.ts'
import type { VersionRef } from '../../../shared/contract/models.ts'
import { Failure } from '../../../shared/failure.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import type { Arguments, Terminal } from '../command.ts'

export interface Call {
  opened: OpenWorkspace
  args: Arguments
  terminal: Terminal
  /** What follows the action's name. */
  words: readonly string[]
}

export interface ModelAction {
  /** Fewest and most words. */
  words: readonly [number, number]
  /** As a wrong call is told. */
  takes: string
  run(call: Call): Promise<number>
}

export const oneVersion = { words: [1, 1], takes: 'one version, such as churn:3 or churn@champion' } as const

export async function refOf({ opened, words }: Call, at = 0): Promise<VersionRef> {
  return opened.catalog.resolve(words[at] ?? '')
}

export function say(call: Call, value: unknown, text: string): number {
  call.terminal.out(call.args.flag('json') ? JSON.stringify(value) : text)
  return 0
}

/** @throws Failure where something that is to be taken away is not there */
export function assertThere(
  version: string,
  what: string,
  named: readonly string[],
  there: readonly string[],
): void {
  const absent = named.find((one) => !there.includes(one))
  if (absent === undefined) return
  throw new Failure(
    'not-found',
    `${version} has no ${what} "${absent}"; it has ${there.length === 0 ? 'none' : there.join(', ')}.`,
    'Choose one that is there.',
  )
}

/** Edits the version and says how it is then. */
export async function edit(call: Call, changes: MetadataChanges): Promise<number> {
  const { opened, args } = call
  const ref = await refOf(call)
  await opened.catalog.edit(ref.name, ref.version, changes, args.text('why'))
  const { metadata } = await opened.catalog.get(ref.name, ref.version)
  return say(call, { ok: true, ...ref, metadata }, `${ref.name}:${ref.version} is changed.`)
}
