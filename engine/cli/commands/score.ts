import { resolve } from 'node:path'
import { scoreFile } from '../../bundles/score-file.ts'
import type { Command } from '../command.ts'
import { startProgress } from '../progress.ts'

export const score: Command = {
  name: 'score',
  usage: 'score <bundle> <input> <output> [--json]',
  does: 'scores a CSV, Parquet or NDJSON file with a bundle, into the same kinds by extension',
  options: { json: { type: 'boolean' } },
  positionals: [3, 3],
  async run(args, terminal) {
    const [bundle = '', input = '', output = ''] = args.positionals.map((path) => resolve(path))
    const line = startProgress(terminal, 'Score')
    const { rows } = await scoreFile(bundle, input, output)
    line.done(`${rows.toLocaleString('en')} rows`)
    terminal.out(args.flag('json') ? JSON.stringify({ ok: true, rows, output }) : output)
    return 0
  },
}
