import { extname, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { withBundleFolder } from '../../bundles/archives/unpack-archive.ts'
import { absoluteLocation, type ScoreSummary, scoreWithBundle } from '../../bundles/score-with-bundle.ts'
import { createChildProcessPort } from '../../deployments/process-port.ts'
import type { Command } from '../command.ts'
import { untilInterrupted } from '../until-interrupted.ts'

const extensions = ['.csv', '.parquet', '.ndjson', '.jsonl', '.arrow', '.feather', '.arrows']

/** Characters of the scorer's words that are held, more than a message has. */
const longestTold = 8_000

/** Before a bundle is checked and started for it; the bundle's own scorer says the same. */
function checkForm(word: string): void {
  if (/^(duckdb:|postgres(ql)?:\/\/)/.test(word) || extensions.includes(extname(word).toLowerCase())) return
  throw new Failure(
    'invalid-input',
    `${word} has the extension "${extname(word)}", expected ${extensions.join(', ')}, duckdb:<file>#<table> or postgres://…#<table>.`,
    'Name the file after its format.',
  )
}

export const score: Command = {
  name: 'score',
  usage:
    'score <bundle> <input> <output> [--resume] [--threads n] [--bad-rows file] [--strict] [--append] [--json]',
  does: 'scores CSV, Parquet, NDJSON, Arrow, DuckDB or PostgreSQL tables with a bundle, into any of them',
  options: {
    resume: { type: 'boolean' },
    'bad-rows': { type: 'string' },
    threads: { type: 'string' },
    strict: { type: 'boolean' },
    append: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  positionals: [3, 3],
  async run(args, terminal) {
    const [bundle = '', input = '', output = ''] = args.positionals
    for (const word of [input, output]) checkForm(word)
    const badRows = args.text('bad-rows')
    const threads = args.integer('threads', 1, 64)
    const words = ['resume', 'strict', 'append'].filter((name) => args.flag(name)).map((name) => `--${name}`)
    let told = ''
    const scoreIn = (folder: string, signal: AbortSignal) =>
      scoreWithBundle({
        bundle: folder,
        signal,
        input,
        output,
        processes: createChildProcessPort(),
        options: [
          ...words,
          ...(badRows === undefined ? [] : ['--bad-rows', resolve(badRows)]),
          ...(threads === undefined ? [] : ['--threads', String(threads)]),
        ],
        onText(text) {
          told = (told + text).slice(-longestTold)
          terminal.log(text)
        },
      })
    let summary: ScoreSummary
    try {
      summary = await untilInterrupted((signal) =>
        withBundleFolder(resolve(bundle), (folder) => scoreIn(folder, signal)),
      )
    } catch (error) {
      // The scorer has said it already.
      if (!(error instanceof Failure && told.includes(error.message))) throw error
      if (args.flag('json')) terminal.out(JSON.stringify({ ok: false, error: error.toData() }))
      return 1
    }
    const shown = absoluteLocation(output)
    terminal.out(args.flag('json') ? JSON.stringify({ output: shown, ...summary }) : shown)
    return 0
  },
}
