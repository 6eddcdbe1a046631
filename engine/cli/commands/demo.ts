import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { createRouter } from '../../api/router.ts'
import { startHttpHost } from '../../host/http-host.ts'
import { openAppWindow } from '../../host/open-app-window.ts'
import { installation } from '../../installation.ts'
import type { OpenWorkspace } from '../../open-workspace.ts'
import { createServices } from '../../services.ts'
import type { Command, Terminal } from '../command.ts'
import { runDemo } from '../demo/run-demo.ts'
import { runElectron } from '../demo/run-electron.ts'
import { untilEnded } from '../until-ended.ts'

async function demoFolder(named: string | undefined): Promise<string> {
  if (named === undefined) return join(await mkdtemp(join(tmpdir(), 'slipway-demo-')), 'churn')
  const folder = resolve(named)
  if (existsSync(folder)) {
    throw new Failure(
      'already-exists',
      `${folder} exists already.`,
      'Name a folder that does not exist with --dir.',
    )
  }
  return folder
}

async function stopDeployments(opened: OpenWorkspace): Promise<void> {
  for (const deployment of await opened.deployments.list())
    await opened.deployments.deactivate(deployment.name)
}

async function leaveOpen(folder: string, terminal: Terminal): Promise<void> {
  const electron = process.env.SLIPWAY_ELECTRON
  if (electron !== undefined && electron !== '') {
    await runElectron(electron, folder)
    return
  }
  const services = createServices({ shell: 'browser' })
  await services.open(folder)
  const host = await startHttpHost({
    router: createRouter(services),
    rendererFolder: installation.rendererFolder,
    port: 0,
  })
  terminal.out(host.url)
  const ended = untilEnded()
  const opened = openAppWindow(host.url)
  if (opened.window) opened.process.on('exit', () => ended.end())
  else terminal.log(`Open the address above in a browser: ${opened.reason}. Ctrl+C ends the demo.\n`)
  await ended.promise
  await host.close()
  await stopDeployments(services.opened())
  await services.close()
}

export const demo: Command = {
  name: 'demo',
  usage: 'demo [--dir D] [--no-open]',
  does: 'takes a sample from its notebook to a monitored deployment, and leaves it open for a look',
  options: { dir: { type: 'string' }, 'no-open': { type: 'boolean' } },
  positionals: [0, 0],
  async run(args, terminal) {
    const folder = await demoFolder(args.text('dir'))
    const services = createServices({ shell: 'browser' })
    await services.create(folder, 'churn')
    const opened = services.opened()
    try {
      await runDemo(opened, terminal)
    } catch (error) {
      await stopDeployments(opened)
      await services.close()
      throw error
    }
    terminal.log(`\nThe workspace is ${folder}\n`)
    if (args.flag('no-open')) {
      await stopDeployments(opened)
      await services.close()
      return 0
    }
    await services.close()
    await leaveOpen(folder, terminal)
    return 0
  },
}
