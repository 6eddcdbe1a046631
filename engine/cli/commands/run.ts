import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { openForCommand } from '../../services.ts'
import { findWorkspace } from '../../workspace/project-file.ts'
import { type Command, parseParameters } from '../command.ts'
import { followRun } from '../follow-run.ts'

export const run: Command = {
  name: 'run',
  usage: 'run <notebook.ipynb> [-p name=value]… [--json]',
  does: 'runs a notebook from top to bottom in dependency order',
  options: { parameter: { type: 'string', short: 'p', multiple: true }, json: { type: 'boolean' } },
  positionals: [1, 1],
  async run(args, terminal) {
    const path = resolve(args.positionals[0] ?? '')
    const params = parseParameters(args.texts('parameter'))
    if (!existsSync(path)) {
      throw new Failure(
        'not-found',
        `There is no notebook ${path}.`,
        'Check the path; notebooks end in .ipynb.',
      )
    }
    const folder = (await findWorkspace(path)) ?? dirname(path)
    const opened = await openForCommand(folder)
    try {
      const onEvent = followRun({
        onCell: ({ kind, name, id }, { status, ms, reason }) => {
          const time = ms === null ? '' : `${ms.toFixed(0)} ms`
          terminal.log(
            `${status === 'done' ? '✓' : '✗'} ${kind.padEnd(10)} ${(name || id).padEnd(36)} ${time}\n`,
          )
          if (status === 'failed') terminal.log(`  ${reason}\n`)
        },
      })
      const result = await opened.notebooks.runNotebook(relative(folder, path), { params }, onEvent)
      if (args.flag('json')) terminal.out(JSON.stringify(result))
      else {
        for (const model of result.models) {
          const metrics = Object.entries(model.metrics).map(
            ([key, value]) => `${key} ${value.toPrecision(4)}`,
          )
          terminal.out(`${model.name}:${model.version}  ${metrics.join('  ')}`)
        }
        const done = result.cells.filter((cell) => cell.status === 'done').length
        terminal.out(`${done} of ${result.cells.length} cells done`)
      }
      return result.ok ? 0 : 1
    } finally {
      await opened.close()
    }
  },
}
