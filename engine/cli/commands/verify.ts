import { resolve } from 'node:path'
import { withBundleFolder } from '../../bundles/archives/unpack-archive.ts'
import { runVerify } from '../../bundles/run-verify.ts'
import { createChildProcessPort } from '../../deployments/process-port.ts'
import type { Command } from '../command.ts'
import { reportLines, showPackageEvents } from '../show-checks.ts'
import { untilInterrupted } from '../until-interrupted.ts'

export const verify: Command = {
  name: 'verify',
  usage: 'verify <bundle> [--allow-unsigned] [--json]',
  does: 'checks a bundle, a folder or an archive, boots it in a clean process and replays its recorded rows',
  options: { json: { type: 'boolean' }, 'allow-unsigned': { type: 'boolean' } },
  positionals: [1, 1],
  async run(args, terminal) {
    const bundle = resolve(args.positionals[0] ?? '.')
    const verifyIn = (folder: string, signal: AbortSignal) =>
      runVerify({
        folder,
        processes: createChildProcessPort(),
        signal,
        onEvent: showPackageEvents(terminal),
        allowUnsigned: args.flag('allow-unsigned'),
      })
    const found = await untilInterrupted((signal) =>
      withBundleFolder(bundle, (folder) => verifyIn(folder, signal)),
    )
    const report = { ...found, path: bundle }
    terminal.out(args.flag('json') ? JSON.stringify(report) : reportLines(report))
    return report.ok ? 0 : 1
  },
}
