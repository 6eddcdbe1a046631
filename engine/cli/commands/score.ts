import { extname, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { scoreWithBundle } from '../../bundles/score-with-bundle.ts'
import { createChildProcessPort } from '../../deployments/process-port.ts'
import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'

const extensions = ['.csv', '.parquet', '.ndjson', '.jsonl']

/** Before a bundle is started for it. A bundle by itself takes no Parquet, so its own message names fewer. */
function checkExtension(path: string): void {
  if (extensions.includes(extname(path).toLowerCase())) return
  throw new Failure(
    'invalid-input',
    `${path} has the extension "${extname(path)}", expected ${extensions.join(', ')}.`,
    'Name the file after its format.',
  )
}

export const score: Command = {
  name: 'score',
  usage: 'score <bundle> <input> <output> [--json]',
  does: 'scores a CSV, Parquet or NDJSON file with a bundle, into the same kinds by extension',
  options: { json: { type: 'boolean' } },
  positionals: [3, 3],
  async run(args, terminal) {
    const [bundle = '', input = '', output = ''] = args.positionals.map((path) => resolve(path))
    for (const path of [input, output]) checkExtension(path)
    await withProgress(terminal, 'Score', async () => {
      await scoreWithBundle({ bundle, input, output, processes: createChildProcessPort() })
      return { value: output, result: output }
    })
    terminal.out(args.flag('json') ? JSON.stringify({ ok: true, output }) : output)
    return 0
  },
}
