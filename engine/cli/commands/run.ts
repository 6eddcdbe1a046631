import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { CellState, Output } from '../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import type { RunReport } from '../../notebook/run-notebook.ts'
import { openForCommand } from '../../services.ts'
import { findWorkspace } from '../../workspace/project-file.ts'
import { type Command, failureText, parseParameters } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { untilInterrupted } from '../until-interrupted.ts'

const indent = (text: string) => text.replaceAll(/^/gm, '  ')

/** What a failed cell says: its message, what DuckDB or the code says about it, and the way out. */
function failureOfCell({ reason }: CellState, outputs: readonly Output[]): string {
  const error = outputs.find((output) => output.type === 'error')
  if (!error) return indent(reason)
  return indent([error.message, error.details, error.whatToDo].filter((text) => text !== '').join('\n'))
}

const titleOf = ({ name, id }: Pick<Cell, 'name' | 'id'>) => name || id

/** What a training measured beside the version: the search, the folds and the warnings, a line each. */
function studyLines({ search, crossValidation, warnings }: RunReport['models'][number]): string[] {
  const lines: string[] = []
  const best = search?.trials.find(({ trial }) => trial === search.best)
  if (search && best) {
    const values = Object.entries(best.parameters).map(([path, value]) => `${path} ${JSON.stringify(value)}`)
    const reused = search.fits.reused > 0 ? `, ${search.fits.reused} fits reused from an earlier run` : ''
    lines.push(
      `search: ${search.metric} ${best.mean?.toPrecision(4)} ± ${best.sd?.toPrecision(2)} with ${values.join(', ')}${reused}`,
    )
  }
  if (crossValidation) {
    const { folds, repeats, summary } = crossValidation
    const parts = Object.entries(summary).map(
      ([key, { mean, sd }]) => `${key} ${mean.toPrecision(4)} ± ${sd.toPrecision(2)}`,
    )
    lines.push(
      `${folds} ${folds === 1 ? 'fold' : 'folds'}${repeats > 1 ? ` × ${repeats}` : ''}: ${parts.join('  ')}`,
    )
  }
  for (const { message, whatToDo } of warnings) lines.push(`warning: ${message} ${whatToDo}`)
  return lines
}

/** With what was done before it was stopped, as any other failure. */
function jsonOf({ stopped: _stopped, ...report }: RunReport, failure: Failure | null) {
  return failure ? { ...report, error: failure.toData() } : report
}

export const run: Command = {
  name: 'run',
  usage: 'run <notebook.ipynb> [-p name=value]… [--json]',
  does: 'runs a notebook from top to bottom in dependency order',
  options: { parameter: { type: 'string', short: 'p', multiple: true }, json: { type: 'boolean' } },
  positionals: [1, 1],
  async run(args, terminal) {
    const path = resolve(args.positionals[0] ?? '')
    const params = parseParameters('-p', args.texts('parameter'))
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
        onCell: (cell, state, outputs) => {
          const { status, ms } = state
          const time = ms === null ? '' : `${ms.toFixed(0)} ms`
          terminal.log(
            `${status === 'done' ? '✓' : '✗'} ${cell.kind.padEnd(10)} ${titleOf(cell).padEnd(36)} ${time}\n`,
          )
          if (status === 'failed') terminal.log(`${failureOfCell(state, outputs)}\n`)
        },
      })
      const result = await untilInterrupted((signal) =>
        opened.notebooks.runNotebook(relative(folder, path), { params, signal }, onEvent),
      )
      const done = result.cells.filter((cell) => cell.status === 'done').length
      const stopped = result.stopped
        ? new Failure(
            'cancelled',
            `The run of ${path} was stopped: ${done} of ${result.cells.length} cells ${done === 1 ? 'is' : 'are'} done.`,
            'Run it again when you need the rest.',
          )
        : null
      for (const cell of result.cells) {
        if (cell.status === 'done' || cell.ms !== null) continue
        const why = cell.error ?? (cell.status === 'disabled' ? 'It is disabled.' : '')
        terminal.log(`– ${cell.kind.padEnd(10)} ${titleOf(cell).padEnd(36)} ${why}\n`)
      }
      if (args.flag('json')) terminal.out(JSON.stringify(jsonOf(result, stopped)))
      else {
        for (const model of result.models) {
          const metrics = Object.entries(model.metrics).map(
            ([key, value]) => `${key} ${value.toPrecision(4)}`,
          )
          terminal.out(`${model.name}:${model.version}  ${metrics.join('  ')}`)
          for (const line of studyLines(model)) terminal.out(`  ${line}`)
        }
        terminal.out(`${done} of ${result.cells.length} cells done`)
      }
      if (stopped) terminal.log(`${failureText(stopped)}\n`)
      return result.ok ? 0 : 1
    } finally {
      await opened.close()
    }
  },
}
