import { resolve } from 'node:path'
import type { Deployment } from '../../../shared/contract/deployments.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import { openForCommand } from '../../services.ts'
import { type Arguments, type Command, type Terminal, UsageError } from '../command.ts'
import { workspaceFolderOrOwn } from '../find-workspace-folder.ts'
import { table } from '../table.ts'

function line(deployment: Deployment): string {
  const { name, state, endpoint, model, problem } = deployment
  return `${name}  ${state}  ${endpoint}  ${model.name}:${model.version}${problem === '' ? '' : `  ${problem}`}`
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

const options = { workspace: { type: 'string' }, json: { type: 'boolean' } } as const

export const deploy: Command = {
  name: 'deploy',
  usage: 'deploy <bundle> --name <name> [--port N] [--replicas N] [--workspace dir] [--json]',
  does: 'runs a bundle at an endpoint on this machine that stays the same',
  options: { ...options, name: { type: 'string' }, port: { type: 'string' }, replicas: { type: 'string' } },
  positionals: [1, 1],
  async run(args, terminal) {
    const name = args.text('name')
    if (name === undefined) throw new UsageError('deploy needs --name <name>.')
    const port = args.integer('port', 1, 65_535)
    const replicas = args.integer('replicas', 1, 64)
    const bundle = resolve(args.positionals[0] ?? '.')
    return withDeployments(args, terminal, ({ deployments }) =>
      deployments.deploy({
        bundle,
        name,
        ...(port === undefined ? {} : { port }),
        ...(replicas === undefined ? {} : { replicas }),
      }),
    )
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
        const rows = all.map(({ name, state, endpoint, model, problem }) => [
          name,
          state,
          endpoint,
          `${model.name}:${model.version}`,
          problem,
        ])
        terminal.out(table(['name', 'state', 'endpoint', 'model', 'problem'], rows))
      }
      return 0
    } finally {
      await opened.close()
    }
  },
}

export const activate: Command = {
  name: 'activate',
  usage: 'activate <name> [--workspace dir] [--json]',
  does: 'starts a deployment again at its endpoint',
  options,
  positionals: [1, 1],
  run: (args, terminal) =>
    withDeployments(args, terminal, ({ deployments }) => deployments.activate(args.positionals[0] ?? '')),
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
