import { gateText, parseGate } from '../../../shared/bundle/metric-gate.ts'
import { Failure } from '../../../shared/failure.ts'
import { type Call, say } from './model-action.ts'

/**
 * `models gates <model>`: the bounds that its metrics have to keep to be packaged. `--set` adds one, `--unset` takes
 * one away, `--reset` takes all away that are not set in the same call.
 */
export async function gates(call: Call): Promise<number> {
  const { opened, args, words } = call
  const name = (words[0] ?? '').replace(/[:@].*$/, '')
  await opened.catalog.resolve(name)
  const normal = (texts: readonly string[]) => texts.map((text) => gateText(parseGate(text)))
  const [added, removed] = [normal(args.texts('set')), normal(args.texts('unset'))]
  const before = (await opened.catalog.state(name)).gates
  const unknown = removed.find((gate) => !before.includes(gate))
  if (unknown !== undefined) {
    throw new Failure(
      'not-found',
      `Model "${name}" has no gate ${unknown}; it has ${before.length === 0 ? 'none' : before.join(', ')}.`,
      'Choose one that is there.',
    )
  }
  const kept = args.flag('reset') ? [] : before.filter((gate) => !removed.includes(gate))
  const after = [...new Set([...kept, ...added])]
  await opened.catalog.setGates(name, after, args.text('why'))
  const text = after.length === 0 ? `${name} has no gates.` : after.join('\n')
  return say(call, { ok: true, name, gates: after }, text)
}
