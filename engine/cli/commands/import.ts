import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { labelsFromText } from '../../../shared/signature/labels-from-text.ts'
import { openForCommand } from '../../services.ts'
import { type Command, UsageError } from '../command.ts'
import { workspaceFolder } from '../find-workspace-folder.ts'

export const importCommand: Command = {
  name: 'import',
  usage:
    'import <model.onnx|model.json> --name <name> [--data relation|file] [--target column] [--classes negative,positive] [--columns a,b,…] [--workspace dir] [--json]',
  does: 'puts a model from Python into the catalog: ONNX, or XGBoost in JSON',
  options: {
    name: { type: 'string' },
    data: { type: 'string' },
    target: { type: 'string' },
    classes: { type: 'string' },
    columns: { type: 'string' },
    workspace: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: [1, 1],
  async run(args, terminal) {
    const [file = ''] = args.positionals
    const name = args.text('name')
    if (name === undefined) throw new UsageError('import needs --name <name>, the name in the catalog.')
    const data = args.text('data')
    const target = args.text('target')
    const classes = args.text('classes')
    const columns = args.text('columns')
    const opened = await openForCommand(workspaceFolder(args))
    try {
      const request = {
        file: resolve(file),
        shown: basename(file),
        name,
        ...(data === undefined ? {} : { data: existsSync(data) ? resolve(data) : data }),
        ...(target === undefined ? {} : { target }),
        ...(classes === undefined ? {} : { classes: labelsFromText(classes) }),
        ...(columns === undefined ? {} : { columns: columns.split(',').map((column) => column.trim()) }),
      }
      const version = await opened.imports.import(request, (title) => terminal.log(`${title}…`))
      const { imported } = version.provenance
      terminal.out(
        args.flag('json')
          ? JSON.stringify({ ok: true, name, version: version.version, task: version.task, imported })
          : `${name}:${version.version}, ${version.task}, ${version.signature.inputs.length} columns, written by ${imported?.producer}`,
      )
      return 0
    } finally {
      await opened.close()
    }
  },
}
