import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'

export const modelKinds = ['gbdt', 'logistic'] as const
export type ServedKind = (typeof modelKinds)[number]

/** A request's row; rows with a missing value are left out, since not every peer takes one. */
export type TelcoRow = Record<string, string | number | boolean>

export interface TelcoBundle {
  folder: string
  /** Test metric. */
  auc: number
  rows: TelcoRow[]
}

const root = join(import.meta.dirname, '..', '..')
const sampleFile = join(root, 'resources', 'samples', 'churn', 'data', 'telco_churn.csv')
const run = promisify(execFile)

const specs: Record<ServedKind, object> = {
  gbdt: { kind: 'gbdt', trees: 100, maxDepth: 6, learningRate: 0.1, patience: 0 },
  logistic: { kind: 'logistic' },
}

function cell(id: string, kind: string, language: string, source: string, name: string): object {
  return {
    cell_type: 'code',
    execution_count: null,
    id,
    metadata: { slipway: { kind, name }, vscode: { languageId: language } },
    outputs: [],
    source,
  }
}

const notebook = {
  cells: [
    cell('customers', 'sql', 'sql', "from 'data/telco_churn.csv'", 'customers'),
    ...modelKinds.map((kind) => {
      const spec = { from: 'customers', target: 'churn', model: specs[kind], register: kind }
      return cell(kind, 'train', 'json', JSON.stringify(spec), kind)
    }),
  ],
  metadata: { kernelspec: { display_name: 'Slipway', name: 'slipway' }, slipway: { version: 1 } },
  nbformat: 4,
  nbformat_minor: 5,
}

const runSchema = z.object({
  ok: z.literal(true),
  models: z.array(z.object({ name: z.string(), metrics: z.object({ auc: z.number() }) })),
})
const rowSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
const examplesSchema = z.object({ rows: z.array(z.unknown()) })

/** The telco sample's table of customers, which peers train on as well. */
export const telcoFile = sampleFile

/** Trains both kinds of model on the telco sample with the built command line, and packages them, as a user would. */
export async function telcoBundles(workspace: string): Promise<Record<ServedKind, TelcoBundle>> {
  const slipway = async (words: readonly string[]): Promise<unknown> => {
    const file = join(root, 'dist', 'engine', 'slipway.mjs')
    const options = { maxBuffer: 2 ** 26, env: { ...process.env, SLIPWAY_STATE: join(workspace, '.state') } }
    return JSON.parse((await run(process.execPath, [file, ...words, '--json'], options)).stdout)
  }
  await mkdir(join(workspace, 'data'), { recursive: true })
  await copyFile(sampleFile, join(workspace, 'data', 'telco_churn.csv'))
  await writeFile(join(workspace, 'slipway.json'), '{}\n')
  await writeFile(join(workspace, 'bench.ipynb'), JSON.stringify(notebook))
  const { models } = runSchema.parse(await slipway(['run', join(workspace, 'bench.ipynb')]))
  const bundle = async (kind: ServedKind): Promise<TelcoBundle> => {
    const folder = join(workspace, 'bundles', kind)
    await slipway(['package', kind, '--workspace', workspace, '--out', folder])
    const text = await readFile(join(folder, 'examples.json'), 'utf8')
    const rows = examplesSchema.parse(JSON.parse(text)).rows.flatMap((row) => {
      const whole = rowSchema.safeParse(row)
      return whole.success ? [whole.data] : []
    })
    return { folder, auc: models.find((model) => model.name === kind)?.metrics.auc ?? Number.NaN, rows }
  }
  return { gbdt: await bundle('gbdt'), logistic: await bundle('logistic') }
}
