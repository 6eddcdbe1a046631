import { spawn } from 'node:child_process'

export interface StartedProgram {
  endpoint: string
  /** From the start of the process to its ready line. */
  readyMs: number
  stop(): Promise<void>
}

/** Starts a Node program and waits for its line `ready http://… in N ms`. */
export async function startProgram(
  script: string,
  args: readonly string[] = [],
  nodeArguments: readonly string[] = [],
): Promise<StartedProgram> {
  const begun = performance.now()
  const words = [...nodeArguments, script, ...args]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], env: {} })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const endpoint = await new Promise<string>((resolve, reject) => {
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const match = /^ready (\S+) in /m.exec(out)
      if (match?.[1] !== undefined) resolve(match[1])
    })
    child.once('exit', (code) => reject(new Error(`${script} ended with exit code ${code}`)))
  })
  return {
    endpoint,
    readyMs: performance.now() - begun,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** The machine and runtime that figures were taken on. */
export async function machineSetting(): Promise<string> {
  const os = await import('node:os')
  const model = os.cpus()[0]?.model ?? 'unknown processor'
  const memory = Math.round(os.totalmem() / 2 ** 30)
  return `${model}, ${os.cpus().length} cores, ${memory} GiB, ${os.type()} ${os.arch()}, Node ${process.versions.node}`
}
