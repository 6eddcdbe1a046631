import { resolve } from 'node:path'
import { scoreWithBundle } from '../../bundles/score-parquet.ts'
import { createChildProcessPort } from '../../deployments/process-port.ts'
import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'

export const score: Command = {
  name: 'score',
  usage: 'score <bundle> <input> <output> [--json]',
  does: 'scores a CSV, Parquet or NDJSON file with a bundle, into the same kinds by extension',
  options: { json: { type: 'boolean' } },
  positionals: [3, 3],
  async run(args, terminal) {
    const [bundle = '', input = '', output = ''] = args.positionals.map((path) => resolve(path))
    await withProgress(terminal, 'Score', async () => {
      await scoreWithBundle({ bundle, input, output, processes: createChildProcessPort() })
      return { value: output, result: output }
    })
    terminal.out(args.flag('json') ? JSON.stringify({ ok: true, output }) : output)
    return 0
  },
}
