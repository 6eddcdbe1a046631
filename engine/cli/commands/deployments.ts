import { resolve } from 'node:path'
import { type Deployment, replicasAtMost } from '../../../shared/contract/deployments.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Bundles } from '../../bundles/bundles.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import { openForCommand } from '../../services.ts'
import { type Arguments, type Command, type Terminal, UsageError } from '../command.ts'
import { workspaceFolderOrOwn } from '../find-workspace-folder.ts'
import { signerLine } from '../signer-line.ts'
import { table } from '../table.ts'

function line(deployment: Deployment): string {
  const { name, state, endpoint, model, replicas, problem } = deployment
  const words = [name, state, endpoint, `${model.name}:${model.version}`]
  if (replicas > 1) words.push(`${replicas} replicas`)
  const { shadow, canary, restarts } = deployment
  if (shadow) words.push(`shadow ${shadow.model.name}:${shadow.model.version}`)
  if (canary) words.push(`canary ${canary.model.name}:${canary.model.version} ${canary.fraction * 100} %`)
  if (restarts > 0) words.push(`${restarts} restart${restarts === 1 ? '' : 's'}`)
  if (problem !== '') words.push(problem)
  return words.join('  ')
}

async function withDeployments(
  args: Arguments,
  terminal: Terminal,
  act: (opened: OpenWorkspace) => Promise<Deployment>,
): Promise<number> {
  const opened = await openForCommand(await workspaceFolderOrOwn(args))
  try {
    const deployment = await act(opened)
    terminal.out(args.flag('json') ? JSON.stringify(deployment) : line(deployment))
    return deployment.state === 'FAILED' ? 1 : 0
  } finally {
    await opened.close()
  }
}

/** The folder of a bundle to deploy, after saying whose key it is signed with. */
async function placeTold(bundles: Bundles, path: string, terminal: Terminal): Promise<string> {
  const bundle = await bundles.place(path)
  terminal.log(signerLine(bundle, await bundles.signer(bundle)))
  return bundle
}

const options = { workspace: { type: 'string' }, json: { type: 'boolean' } } as const

/**
 * `NAME=value` of --env; a name alone takes its value from the command's own environment, where a token is not seen by
 * others in the list of processes.
 */
export function settingsOf(words: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const word of words) {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    const value = equals < 0 ? env[name] : word.slice(equals + 1)
    if (name === '' || value === undefined) {
      throw new UsageError(
        `--env takes NAME=value, or the name of a variable that is set here, found "${word}".`,
      )
    }
    settings[name] = value
  }
  return settings
}

export const deploy: Command = {
  name: 'deploy',
  usage:
    'deploy <bundle> --name <name> [--port N] [--replicas N] [--env NAME=value]… [--replace] [--allow-unsigned] [--workspace dir] [--json]',
  does: 'runs a bundle, a folder or an archive, at an endpoint on this machine that stays the same; --replace swaps what runs there already; --env gives its server a setting, such as SLIPWAY_TOKEN',
  options: {
    ...options,
    name: { type: 'string' },
    port: { type: 'string' },
    replicas: { type: 'string' },
    env: { type: 'string', multiple: true },
    replace: { type: 'boolean' },
    'allow-unsigned': { type: 'boolean' },
  },
  positionals: [1, 1],
  async run(args, terminal) {
    const name = args.text('name')
    if (name === undefined) throw new UsageError('deploy needs --name <name>.')
    const port = args.integer('port', 1, 65_535)
    const replicas = args.integer('replicas', 1, replicasAtMost)
    const named = resolve(args.positionals[0] ?? '.')
    const replace = args.flag('replace')
    const settings = settingsOf(args.texts('env'), process.env)
    if (replace && (port !== undefined || replicas !== undefined || args.texts('env').length > 0)) {
      throw new UsageError(
        '--replace keeps the endpoint, its replicas and settings: leave --port, --replicas and --env out, and see slipway scale and slipway activate.',
      )
    }
    return withDeployments(args, terminal, async ({ deployments, bundles }) => {
      const allowUnsigned = args.flag('allow-unsigned')
      const bundle = await placeTold(bundles, named, terminal)
      const there = replace && (await deployments.list()).some((one) => one.name === name)
      return there
        ? deployments.swap(name, { bundle }, { allowUnsigned })
        : deployments.deploy({ bundle, name, port, replicas, settings, allowUnsigned })
    })
  },
}

/** `<bundle>:<fraction>` of --canary. */
function canaryOf(text: string): { bundle: string; fraction: number } {
  const colon = text.lastIndexOf(':')
  const fraction = Number(text.slice(colon + 1))
  if (colon < 1 || !(fraction > 0 && fraction < 1)) {
    throw new UsageError(`--canary takes <bundle>:<fraction above 0 and below 1>, found "${text}".`)
  }
  return { bundle: text.slice(0, colon), fraction }
}

export const swap: Command = {
  name: 'swap',
  usage:
    'swap <name> [<bundle>] [--shadow <bundle>|none] [--canary <bundle>:<fraction>|none] [--allow-unsigned] [--workspace dir] [--json]',
  does: 'changes which versions a deployment serves, without a stop: the one that answers, a shadow, a canary',
  options: {
    ...options,
    shadow: { type: 'string' },
    canary: { type: 'string' },
    'allow-unsigned': { type: 'boolean' },
  },
  positionals: [1, 2],
  async run(args, terminal) {
    const [name = '', bundle] = args.positionals
    const shadow = args.text('shadow')
    const canary = args.text('canary')
    if (bundle === undefined && shadow === undefined && canary === undefined) {
      throw new UsageError('swap needs a bundle, --shadow or --canary.')
    }
    const part = canary === undefined || canary === 'none' ? null : canaryOf(canary)
    return withDeployments(args, terminal, async ({ deployments, bundles }) => {
      const allowUnsigned = args.flag('allow-unsigned')
      const place = (path: string) => placeTold(bundles, resolve(path), terminal)
      const beside = part === null ? null : { ...part, bundle: await place(part.bundle) }
      const change = {
        ...(bundle === undefined ? {} : { bundle: await place(bundle) }),
        ...(shadow === undefined ? {} : { shadow: shadow === 'none' ? null : await place(shadow) }),
        ...(canary === undefined ? {} : { canary: beside }),
      }
      return deployments.swap(name, change, { allowUnsigned })
    })
  },
}

export const scale: Command = {
  name: 'scale',
  usage: 'scale <name> <replicas> [--workspace dir] [--json]',
  does: "changes how many processes answer behind a deployment's endpoint, without a stop",
  options,
  positionals: [2, 2],
  async run(args, terminal) {
    const [name = '', text = ''] = args.positionals
    const replicas = /^\d+$/.test(text) ? Number(text) : 0
    if (replicas < 1 || replicas > replicasAtMost) {
      throw new UsageError(`scale takes a number of replicas from 1 to ${replicasAtMost}, found "${text}".`)
    }
    return withDeployments(args, terminal, ({ deployments }) => deployments.scale(name, replicas))
  },
}

export const deploymentsCommand: Command = {
  name: 'deployments',
  usage: 'deployments [--workspace dir] [--json]',
  does: 'lists the deployments of the workspace',
  options,
  positionals: [0, 0],
  async run(args, terminal) {
    const opened = await openForCommand(await workspaceFolderOrOwn(args))
    try {
      const all = await opened.deployments.list()
      if (args.flag('json')) terminal.out(JSON.stringify(all))
      else if (all.length === 0) terminal.out('Nothing is deployed. Package a model and run slipway deploy.')
      else {
        const rows = all.map(({ name, state, endpoint, model, replicas, restarts, problem }) => [
          name,
          state,
          endpoint,
          `${model.name}:${model.version}`,
          String(replicas),
          String(restarts),
          problem,
        ])
        terminal.out(table(['name', 'state', 'endpoint', 'model', 'replicas', 'restarts', 'problem'], rows))
      }
      return 0
    } finally {
      await opened.close()
    }
  },
}

export const activate: Command = {
  name: 'activate',
  usage: 'activate <name> [--env NAME=value]… [--workspace dir] [--json]',
  does: 'starts a deployment again at its endpoint; --env changes a setting of its server, an empty value takes it away',
  options: { ...options, env: { type: 'string', multiple: true } },
  positionals: [1, 1],
  run(args, terminal) {
    const settings = settingsOf(args.texts('env'), process.env)
    return withDeployments(args, terminal, ({ deployments }) =>
      deployments.activate(args.positionals[0] ?? '', settings),
    )
  },
}

export const deactivate: Command = {
  name: 'deactivate',
  usage: 'deactivate <name> [--workspace dir] [--json]',
  does: 'stops a deployment; its endpoint and its windows stay',
  options,
  positionals: [1, 1],
  run: (args, terminal) =>
    withDeployments(args, terminal, ({ deployments }) => deployments.deactivate(args.positionals[0] ?? '')),
}

export const remove: Command = {
  name: 'remove',
  usage: 'remove <name> [--workspace dir] [--json]',
  does: 'forgets a deployment that is stopped, with its endpoint and settings; its bundle and the windows pulled so far stay',
  options,
  positionals: [1, 1],
  async run(args, terminal) {
    const [name = ''] = args.positionals
    const opened = await openForCommand(await workspaceFolderOrOwn(args))
    try {
      // The window asks before it stops one that runs; a command has nobody to ask.
      const { state, endpoint } = await opened.deployments.get(name)
      if (state !== 'INACTIVE' && state !== 'FAILED') {
        throw new Failure(
          'conflict',
          `The deployment "${name}" is ${state} at ${endpoint}.`,
          `Stop it first: slipway deactivate ${name}.`,
        )
      }
      await opened.deployments.remove(name)
      terminal.out(args.flag('json') ? JSON.stringify({ ok: true, name }) : `${name} is removed.`)
      return 0
    } finally {
      await opened.close()
    }
  },
}
