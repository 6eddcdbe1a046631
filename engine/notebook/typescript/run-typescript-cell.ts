import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Failure } from '../../../shared/failure.ts'
import type { Output } from '../../../shared/notebook/cell-state.ts'
import type { CellRun, CellRunner } from '../cell-run.ts'
import { outputLimits } from './session-protocol.ts'
import type { TypescriptSession } from './typescript-session.ts'

const interval = 100

/** Printed text of one stream that comes in pieces is one output. */
function append(outputs: Output[], output: Output): void {
  const last = outputs.at(-1)
  if (
    output.type === 'text' &&
    output.stream !== 'result' &&
    last?.type === 'text' &&
    last.stream === output.stream
  ) {
    last.text += output.text
    last.omitted += output.omitted
    if (last.text.length > outputLimits.printed) {
      last.omitted += last.text.length - outputLimits.printed
      last.text = last.text.slice(0, outputLimits.printed)
    }
  } else outputs.push(output)
}

async function runIn(session: TypescriptSession, run: CellRun, workspaceFolder: string) {
  const { typescript, cell } = run.analysed
  if (!typescript)
    throw new Failure('invalid-input', `The cell ${run.title} has no TypeScript.`, 'Write some code.')
  const outputs: Output[] = []
  let timer: NodeJS.Timeout | null = null
  const show = () => {
    timer = null
    run.show(outputs.map((output) => ({ ...output })))
  }
  try {
    await session.run(
      {
        cell: cell.id,
        // Imports resolve from the workspace folder, beside its data and package.json.
        file: pathToFileURL(join(workspaceFolder, `${cell.id}.cell.ts`)).href,
        code: typescript.code,
        map: typescript.map,
        imports: [...run.imports],
        usesTf: typescript.free.has('tf') && !run.imports.some(({ name }) => name === 'tf'),
        params: { ...run.params },
      },
      { cell: cell.id, origin: run.origin, definitions: run.definitions, sources: run.sources },
      (output) => {
        append(outputs, output)
        timer ??= setTimeout(show, interval)
      },
    )
  } finally {
    if (timer) clearTimeout(timer)
    if (!run.signal.aborted) show()
  }
  return { ok: true } as const
}

export function createTypescriptRunner(session: TypescriptSession, workspaceFolder: string): CellRunner {
  return (run) => runIn(session, run, workspaceFolder)
}
