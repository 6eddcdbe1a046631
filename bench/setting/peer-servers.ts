import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { freePorts } from './start-server.ts'
import type { ServedKind, TelcoRow } from './telco-bundles.ts'

const scripts = join(import.meta.dirname, '..', 'peers')
const run = promisify(execFile)

/** How to start a server, and how to ask it. */
export interface ServerPlan {
  title: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  url: string
  bodyOf(rows: readonly TelcoRow[]): string
}

export interface PreparedPeer extends ServerPlan {
  /** Packages and model; Python itself is `runtimeBytes`. */
  bytes: number
  runtimeBytes: number
  /** Test metric of the model it serves. */
  auc: number
}

interface Peer {
  name: string
  /** Names the Python that has this peer; some cannot be installed beside others. */
  variable: string
  plan(of: {
    python: string
    folder: string
    ports: number[]
    env: NodeJS.ProcessEnv
  }): Promise<Pick<ServerPlan, 'args' | 'env' | 'url' | 'bodyOf'>>
}

/** Rows as columns of the Open Inference Protocol, which MLServer makes a pandas frame of. */
function inferenceBody(rows: readonly TelcoRow[]): string {
  const inputs = Object.entries(rows[0] ?? {}).map(([name, first]) => ({
    name,
    shape: [rows.length, 1],
    data: rows.map((row) => row[name]),
    ...(typeof first === 'string'
      ? { datatype: 'BYTES', parameters: { content_type: 'str' } }
      : { datatype: 'FP64' }),
  }))
  return JSON.stringify({
    parameters: { content_type: 'pd' },
    inputs,
    outputs: [{ name: 'predict_proba' }],
  })
}

const dataBody = (rows: readonly TelcoRow[]): string => JSON.stringify({ data: rows })

export const peers: readonly Peer[] = [
  {
    name: 'fastapi',
    variable: 'SLIPWAY_PYTHON_FASTAPI',
    plan: async ({ folder, ports, env }) => ({
      args: [join(scripts, 'serve-fastapi.py'), folder, String(ports[0])],
      env,
      url: `http://127.0.0.1:${ports[0]}/predict`,
      bodyOf: dataBody,
    }),
  },
  {
    name: 'mlflow',
    variable: 'SLIPWAY_PYTHON_MLFLOW',
    plan: async ({ folder, ports, env }) => ({
      args: [
        ...['-m', 'mlflow', 'models', 'serve', '--model-uri', join(folder, 'mlflow')],
        ...['--host', '127.0.0.1', '--port', String(ports[0]), '--env-manager', 'local', '--workers', '1'],
      ],
      env: { ...env, MLFLOW_DISABLE_TELEMETRY: 'true' },
      url: `http://127.0.0.1:${ports[0]}/invocations`,
      bodyOf: (rows) => JSON.stringify({ dataframe_records: rows }),
    }),
  },
  {
    name: 'bentoml',
    variable: 'SLIPWAY_PYTHON_BENTOML',
    plan: async ({ folder, ports, env }) => ({
      args: [
        ...['-m', 'bentoml', 'serve', 'serve-bentoml:Churn', '--working-dir', scripts],
        ...['--host', '127.0.0.1', '--port', String(ports[0])],
      ],
      env: { ...env, MODEL_FOLDER: folder, BENTOML_DO_NOT_TRACK: 'True', PYTHONDONTWRITEBYTECODE: '1' },
      url: `http://127.0.0.1:${ports[0]}/predict`,
      bodyOf: dataBody,
    }),
  },
  {
    name: 'mlserver',
    variable: 'SLIPWAY_PYTHON_MLSERVER',
    async plan({ folder, ports, env }) {
      const [http, grpc, metrics] = ports
      // No worker process behind a queue: the model in the server's own process answers faster.
      const settings = {
        debug: false,
        parallel_workers: 0,
        host: '127.0.0.1',
        http_port: http,
        grpc_port: grpc,
        metrics_port: metrics,
      }
      await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
      return {
        args: [join(scripts, 'serve-mlserver.py'), folder],
        env,
        url: `http://127.0.0.1:${http}/v2/models/churn/infer`,
        bodyOf: inferenceBody,
      }
    },
  },
]

const preparedSchema = z.object({
  versions: z.record(z.string(), z.string()),
  python: z.string(),
  auc: z.number(),
  bytes: z.number(),
  runtimeBytes: z.number(),
})

/** Trains a peer's model and says how to serve it. @throws Error when its Python cannot */
export async function preparePeer(
  peer: Peer,
  kind: ServedKind,
  csv: string,
  folder: string,
): Promise<PreparedPeer> {
  const python = process.env[peer.variable] ?? process.env.SLIPWAY_PYTHON_SERVERS ?? 'python3'
  const script = join(scripts, 'prepare-server.py')
  const { stdout } = await run(python, [script, peer.name, kind, csv, folder]).catch((error: unknown) => {
    const text =
      error instanceof Error && 'stderr' in error ? String(error.stderr) || error.message : String(error)
    throw new Error(text.trim().split('\n').at(-1))
  })
  const found = preparedSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
  const env = {
    PATH: [dirname(python), process.env.PATH ?? ''].join(delimiter),
    HOME: folder,
    // With one thread a single row costs least: its trees are not worth waking another thread for.
    OMP_NUM_THREADS: '1',
  }
  const plan = await peer.plan({ python, folder, ports: await freePorts(3), env })
  const versions = Object.entries(found.versions).map(([name, version]) => `${name} ${version}`)
  const title = [...versions, `Python ${found.python}`].join(', ')
  return { ...plan, ...found, title, command: python }
}
