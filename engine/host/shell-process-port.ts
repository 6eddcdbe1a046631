import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import type { MessagePort } from 'node:worker_threads'
import { type ProcessRequest, processEventSchema } from '../../shared/contract/process-port.ts'
import { Failure } from '../../shared/failure.ts'
import { createChildProcessPort, type ProcessPort, type RunningProgram } from '../deployments/process-port.ts'

/** The part of Electron's `process.parentPort` that the engine uses. */
export interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: MessagePort[] }) => void): void
  postMessage(message: unknown): void
}

interface Started {
  pid(pid: number): void
  output(stream: 'stdout' | 'stderr', text: string): void
  exited(code: number | null, problem: string): void
}

/**
 * Starts programs through the desktop shell, whose own binary refuses to run as plain Node.
 * A program's log is written by the engine as its output arrives.
 */
export function shellProcessPort(parentPort: ParentPort): ProcessPort {
  const running = new Map<string, Started>()
  const send = (request: ProcessRequest) => parentPort.postMessage(request)

  parentPort.on('message', ({ data }) => {
    const event = processEventSchema.safeParse(data)
    if (!event.success) return
    const program = running.get(event.data.id)
    if (!program) return
    switch (event.data.type) {
      case 'process-started':
        program.pid(event.data.pid)
        return
      case 'process-output':
        program.output(event.data.stream, event.data.text)
        return
      case 'process-exited':
        running.delete(event.data.id)
        program.exited(event.data.code, event.data.problem)
        return
    }
  })

  return {
    start(program): RunningProgram {
      // A bundle's own Node is a real one, which needs no help of the shell.
      if (program.node !== undefined) return createChildProcessPort(program.node).start(program)
      const { script, args, env, cwd, detachedLog } = program
      const id = randomUUID()
      const listeners: ((stream: 'stdout' | 'stderr', text: string) => void)[] = []
      let started: (pid: number) => void = () => {}
      let refused: (error: Failure) => void = () => {}
      let ended: (code: number | null) => void = () => {}
      const pid = new Promise<number>((resolve, reject) => {
        started = resolve
        refused = reject
      })
      // Whoever does not ask for the pid learns of the failure from `exited`.
      pid.catch(() => {})
      const exited = new Promise<number | null>((resolve) => {
        ended = resolve
      })
      running.set(id, {
        pid: (number) => started(number),
        output(stream, text) {
          if (detachedLog !== undefined) appendFileSync(detachedLog, text)
          else for (const listener of listeners) listener(stream, text)
        },
        exited(code, problem) {
          refused(
            new Failure(
              'failed',
              `${script} could not be started: ${problem || 'it ended at once'}.`,
              'See the log.',
            ),
          )
          ended(code)
        },
      })
      send({ type: 'start-process', id, script, args: [...args], env: { ...env }, cwd })
      return {
        pid,
        exited,
        output: (listener) => listeners.push(listener),
        stop: () => send({ type: 'stop-process', id }),
      }
    },
  }
}
