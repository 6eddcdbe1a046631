import { resolve } from 'node:path'
import { sampleSchema } from '../../../shared/contract/workspace.ts'
import { createServices } from '../../services.ts'
import { type Command, UsageError } from '../command.ts'

export const init: Command = {
  name: 'init',
  usage: 'init <dir> [--sample churn|diamonds]',
  does: 'makes a workspace, empty or from a sample',
  options: { sample: { type: 'string' }, json: { type: 'boolean' } },
  positionals: [1, 1],
  async run(args, terminal) {
    const named = args.text('sample')
    const sample = named === undefined ? undefined : sampleSchema.safeParse(named)
    if (sample && !sample.success) throw new UsageError(`--sample takes churn or diamonds, found "${named}".`)
    const services = createServices({ shell: 'browser' })
    const path = resolve(args.positionals[0] ?? '.')
    await services.workspaces.create(path, sample?.data)
    await services.close()
    if (args.flag('json')) terminal.out(JSON.stringify({ ok: true, path }))
    else terminal.out(`Made the workspace ${path}`)
    return 0
  },
}
