import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { createRouter } from '../../api/router.ts'
import { startHttpHost } from '../../host/http-host.ts'
import { openAppWindow } from '../../host/open-app-window.ts'
import { installation } from '../../installation.ts'
import { createServices } from '../../services.ts'
import type { Command } from '../command.ts'
import { untilEnded } from '../until-ended.ts'

export const serve: Command = {
  name: 'serve',
  usage: 'serve [workspace] [--port N] [--no-open]',
  does: 'runs the workbench without Electron and prints its address',
  options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } },
  positionals: [0, 1],
  async run(args, terminal) {
    const port = args.integer('port', 0, 65_535) ?? 0
    const { rendererFolder } = installation
    if (!existsSync(join(rendererFolder, 'index.html'))) {
      throw new Failure(
        'not-found',
        `The window has not been built: ${rendererFolder} is empty.`,
        'Run npm run build.',
      )
    }
    const services = createServices({ shell: 'browser' })
    const workspace = args.positionals[0]
    if (workspace !== undefined) await services.open(resolve(workspace))
    // `npm run dev` restarts the engine behind a page that stays open: both must know the token.
    const token = process.env.SLIPWAY_WINDOW_TOKEN
    const host = await startHttpHost({
      router: createRouter(services),
      rendererFolder,
      port,
      ...(token === undefined ? {} : { token }),
    })
    terminal.out(host.url)
    const ended = untilEnded()
    if (!args.flag('no-open')) {
      const opened = openAppWindow(host.url)
      if (opened.window) opened.process.on('exit', () => ended.end())
      else terminal.log(`Open the address above in a browser: ${opened.reason}. Ctrl+C ends the workbench.\n`)
    }
    await ended.promise
    await host.close()
    await services.close()
    return 0
  },
}
