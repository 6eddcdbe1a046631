import { Console } from 'node:console'
import { SourceMap } from 'node:module'
import { Writable } from 'node:stream'
import { constants, Script } from 'node:vm'
import { parentPort } from 'node:worker_threads'
import { Failure, failureFromData } from '../../../shared/failure.ts'
import { type Ask, createSessionCatalog } from '../registering/session-catalog.ts'
import { columnsOf, type SessionColumns } from './session-columns.ts'
import { displayOutput } from './session-display.ts'
import { type FromSession, outputLimits, type ToSession, textOutput } from './session-protocol.ts'
import { withParams } from './with-params.ts'

/*
 * The thread in which a notebook's TypeScript cells run. It holds the exported values and nothing else: queries go to
 * the engine, which alone may open the database.
 */

if (!parentPort) throw new Error('session-worker.ts runs as a worker thread only.')
const port = parentPort
const post = (message: FromSession) => port.postMessage(message)

type Run = Extract<ToSession, { type: 'run' }>
interface Waiting {
  rows: unknown[][]
  resolve(value: unknown): void
  reject(error: unknown): void
}

const exportsOf = new Map<string, Map<string, unknown>>()
const waiting = new Map<number, Waiting>()
let requests = 0
let current: { run: number; printed: number; outputs: number } | null = null

function ask(message: Ask): Promise<{ value: unknown; rows: unknown[][] }> {
  requests += 1
  const request = requests
  return new Promise((resolve, reject) => {
    const rows: unknown[][] = []
    waiting.set(request, { rows, resolve: (value) => resolve({ value, rows }), reject })
    post({ ...message, request })
  })
}

function print(stream: 'stdout' | 'stderr', text: string): void {
  if (!current) return
  const room = Math.max(0, outputLimits.printed - current.printed)
  current.printed += text.length
  post({ type: 'output', run: current.run, output: textOutput(stream, text, room) })
}

/** Printed text is gathered for a moment: a loop that logs must not send a message a line. */
function gather(stream: 'stdout' | 'stderr') {
  let text = ''
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (text !== '') print(stream, text)
    text = ''
  }
  const writable = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += String(chunk)
      if (text.length > 65_536) flush()
      else timer ??= setTimeout(flush, 50)
      done()
    },
  })
  return { writable, flush }
}

const stdout = gather('stdout')
const stderr = gather('stderr')
globalThis.console = new Console({ stdout: stdout.writable, stderr: stderr.writable, colorMode: false })

function display(value: unknown): void {
  stdout.flush()
  stderr.flush()
  const output = displayOutput(value)
  if (!output || !current) return
  current.outputs += 1
  if (current.outputs === outputLimits.outputs + 1) {
    print('stderr', `More than ${outputLimits.outputs} displayed values; the rest is left out.\n`)
  }
  if (current.outputs <= outputLimits.outputs) post({ type: 'output', run: current.run, output })
}

/** sql`select … where x > ${value}`: values are parameters, never text. */
async function sql(parts: TemplateStringsArray, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  const text = parts.reduce((joined, part, index) => `${joined}$${index}${part}`)
  const { value, rows } = await ask({ type: 'sql', text, values })
  const names = value as string[]
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])))
}

async function table(name: string): Promise<SessionColumns> {
  return columnsOf((await ask({ type: 'table', name: String(name) })).value)
}

let loadedTf: Promise<typeof import('@tensorflow/tfjs')> | null = null

function loadTf(): Promise<typeof import('@tensorflow/tfjs')> {
  loadedTf ??= import('@tensorflow/tfjs').then((tf) => {
    // The first tensor prints an advertisement for another backend.
    tf.env().set('PROD', true)
    tf.tensor1d([0]).dispose()
    tf.env().set('PROD', false)
    return tf
  })
  return loadedTf
}

const catalog = createSessionCatalog({
  ask: async (message) => (await ask(message)).value,
  show(output) {
    if (current) post({ type: 'output', run: current.run, output })
  },
  loadTf,
})

/** Our own packages that cells may import from any workspace. */
const importOurs = (specifier: string): Promise<unknown> =>
  specifier === '@tensorflow/tfjs' ? loadTf() : import('@tensorflow/tfjs-backend-wasm')

/** Frames inside the cell, by the lines of its source; the rest of a stack is ours. */
function cellStack(error: Error, run: Run): { line: number | null; frames: string } {
  const map = new SourceMap(JSON.parse(run.map))
  const frames: string[] = []
  let line: number | null = null
  for (const frame of (error.stack ?? '').split('\n')) {
    const at = frame.indexOf(`${run.file}:`)
    const position = at < 0 ? null : /:(\d+):(\d+)/.exec(frame.slice(at + run.file.length))
    if (!position) continue
    const entry = map.findEntry(Number(position[1]) - 1, Math.max(0, Number(position[2]) - 1))
    const mapped = 'originalLine' in entry ? entry.originalLine + 1 : Number(position[1])
    line ??= mapped
    // A frame has its place in parentheses only where it names a function.
    const before = frame.slice(0, at)
    const named = before.endsWith('(')
    const text = `${before}line ${mapped}${named ? ')' : ''}`
    // The code of the cell itself is there twice when it waits: as what runs and as what was waited for.
    if (named || frames.at(-1) !== text) frames.push(text)
  }
  return { line, frames: frames.join('\n') }
}

function failed(error: unknown, run: Run): FromSession {
  const base = { type: 'failed', run: run.run } as const
  if (error instanceof Failure) {
    const { frames } = cellStack(error, run)
    return {
      ...base,
      message: error.message,
      whatToDo: error.whatToDo,
      details: frames,
      cancelled: error.code === 'cancelled',
    }
  }
  const whatToDo = 'Correct the cell and run it again.'
  if (!(error instanceof Error)) {
    return { ...base, message: `The cell threw ${String(error)}.`, whatToDo, details: '', cancelled: false }
  }
  const { line, frames } = cellStack(error, run)
  const where = line === null ? '' : ` (line ${line})`
  const message = `${error.name}: ${error.message}${where}`
  return {
    ...base,
    message,
    whatToDo,
    details: `${error.name}: ${error.message}\n${frames}`,
    cancelled: false,
  }
}

function imported(run: Run): Map<string, unknown> {
  const scope = new Map<string, unknown>()
  for (const { name, cell } of run.imports) {
    const values = exportsOf.get(cell)
    if (values?.has(name)) scope.set(name, values.get(name))
  }
  return scope
}

async function runCell(run: Run): Promise<void> {
  current = { run: run.run, printed: 0, outputs: 0 }
  try {
    const scope = new Map<string, unknown>(
      Object.entries({ sql, table, catalog, display, params: run.params, $import: importOurs }),
    )
    if (run.usesTf) scope.set('tf', await loadTf())
    for (const [name, value] of imported(run)) scope.set(name, value)
    const parameters = ['$result', ...scope.keys()].join(', ')
    // One line before the code and none added, so that line numbers in stacks are the transpiled text's own.
    const script = new Script(
      `(async ($scope) => { 'use strict'; let [${parameters}] = $scope; return (async () => { ${run.code}\n})() })`,
      {
        filename: run.file,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      },
    )
    const main: unknown = script.runInThisContext()
    if (typeof main !== 'function') throw new Error('The cell did not compile to a function.')
    const answer: { exports: Record<string, unknown>; result: unknown } = await main([
      undefined,
      ...scope.values(),
    ])
    const exported = withParams(answer.exports, run.params)
    exportsOf.set(run.cell, new Map(Object.entries(exported)))
    display(answer.result)
    stdout.flush()
    stderr.flush()
    post({ type: 'done', run: run.run, exports: Object.keys(exported) })
  } catch (error) {
    stdout.flush()
    stderr.flush()
    post(failed(error, run))
  } finally {
    current = null
  }
}

port.on('message', (message: ToSession) => {
  switch (message.type) {
    case 'run':
      void runCell(message)
      break
    case 'rows':
      waiting.get(message.request)?.rows.push(...message.rows)
      break
    case 'answer': {
      const entry = waiting.get(message.request)
      waiting.delete(message.request)
      if (message.ok) entry?.resolve(message.value)
      else entry?.reject(failureFromData(message.failure))
      break
    }
    case 'forget':
      exportsOf.delete(message.cell)
      break
  }
})

// A promise that a cell started and did not wait for must not take the session down.
process.on('uncaughtException', (error) => console.error(error))
process.on('unhandledRejection', (error) => console.error(error))
