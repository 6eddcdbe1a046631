import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A server of any language, answering. */
export interface StartedServer {
  /** From the start of its process to the end of its first answered prediction. */
  readyMs: number
  /** Memory of its processes, shared pages counted by share; NaN where there is no /proc. */
  memoryBytes(): Promise<number>
  /** Processor time of its processes so far; NaN where there is no /proc. */
  cpuSeconds(): Promise<number>
  stop(): Promise<void>
}

/** Ports nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject).listen(0, '127.0.0.1', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address !== null ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** The fields of /proc/<pid>/stat after the command's name, which may hold anything. */
async function statOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** A process and all that descend from it: some servers put their workers into groups of their own. */
async function familyOf(root: number): Promise<number[]> {
  const children = new Map<number, number[]>()
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const parent = Number((await statOf(pid))[1])
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const family = [root]
  for (const pid of family) family.push(...(children.get(pid) ?? []))
  return children.size === 0 ? [] : family
}

async function sumOver(root: number, of: (pid: number) => Promise<number>): Promise<number> {
  const family = await familyOf(root)
  if (family.length === 0) return Number.NaN
  return (await Promise.all(family.map(of))).reduce((sum, value) => sum + value, 0)
}

async function proportionalBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024
}

/** Linux counts a hundred ticks a second. */
async function processorSeconds(pid: number): Promise<number> {
  const fields = await statOf(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100
}

async function answers(url: string, body: string): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}

/** Why a server did not start: the last lines it wrote. */
const lastWords = (output: string): string => output.trim().split('\n').slice(-3).join(' | ') || 'no output'

/**
 * Starts a program in a process group of its own and waits until it answers a prediction.
 * @throws Error with its last words when it ends or takes longer than `patience` milliseconds
 */
export async function startServer(of: {
  command: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
  url: string
  body: string
  patience?: number
}): Promise<StartedServer> {
  const { command, args, env, url, body, patience = 120_000 } = of
  const begun = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true })
  let output = ''
  const note = (text: string) => {
    output = (output + text).slice(-4000)
  }
  child.stdout.setEncoding('utf8').on('data', note)
  child.stderr.setEncoding('utf8').on('data', note)
  let ended: string | null = null
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = error.message
      resolve()
    })
    child.once('exit', (code) => {
      ended = `exit code ${code}: ${lastWords(output)}`
      resolve()
    })
  })
  const group = child.pid ?? 0
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (group > 0) process.kill(-group, signal)
    } catch {
      // The whole group has ended already.
    }
  }
  // A group of its own outlives an interrupted benchmark otherwise.
  const killAtExit = () => kill('SIGKILL')
  process.once('exit', killAtExit)
  const stop = async () => {
    process.off('exit', killAtExit)
    kill('SIGTERM')
    await Promise.race([exited, pause(10_000, undefined, { ref: false })])
    kill('SIGKILL')
    await exited
  }
  while (!(await answers(url, body))) {
    if (ended !== null) throw new Error(ended)
    if (performance.now() - begun > patience) {
      await stop()
      throw new Error(`no prediction within ${patience / 1000} s: ${lastWords(output)}`)
    }
    await pause(5)
  }
  return {
    readyMs: performance.now() - begun,
    memoryBytes: () => sumOver(group, proportionalBytes),
    cpuSeconds: () => sumOver(group, processorSeconds),
    stop,
  }
}
