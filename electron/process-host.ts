import type { UtilityProcess } from 'electron'
import type { ProcessEvent, ProcessRequest } from '../shared/contract/process-port.ts'
import type { ElectronParts } from './electron-parts.ts'

/** Starts Node programs for the engine: see `process-port.ts` for why it cannot do so itself. */
export interface ProcessHost {
  handle(request: ProcessRequest): void
  stopAll(): void
}

function startFailure(script: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return `${script} could not be started: ${reason}.`
}

export function createProcessHost(
  utilityProcess: ElectronParts['utilityProcess'],
  send: (event: ProcessEvent) => void,
): ProcessHost {
  const running = new Map<string, UtilityProcess>()

  function start(request: Extract<ProcessRequest, { type: 'start-process' }>): void {
    const { id, script, args, env, cwd } = request
    const failed = (problem: string) => send({ type: 'process-exited', id, code: null, problem })
    if (running.has(id)) {
      failed(`A process ${id} runs already.`)
      return
    }
    let child: UtilityProcess
    try {
      child = utilityProcess.fork(script, args, {
        env,
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        serviceName: `Slipway ${id}`,
      })
    } catch (error) {
      failed(startFailure(script, error))
      return
    }
    running.set(id, child)
    let started = false
    child.once('spawn', () => {
      started = true
      send({ type: 'process-started', id, pid: child.pid ?? 0 })
    })
    for (const stream of ['stdout', 'stderr'] as const) {
      const output = child[stream]
      // A character may be cut between two chunks; the decoder waits for its rest.
      const decoder = new TextDecoder()
      output?.on('data', (chunk: Uint8Array) => {
        const text = decoder.decode(chunk, { stream: true })
        if (text !== '') send({ type: 'process-output', id, stream, text })
      })
    }
    child.once('exit', (code) => {
      running.delete(id)
      send({
        type: 'process-exited',
        id,
        code,
        problem: started ? '' : startFailure(script, `it ended with code ${code} before it ran`),
      })
    })
  }

  return {
    handle(request) {
      switch (request.type) {
        case 'start-process':
          start(request)
          break
        case 'stop-process':
          running.get(request.id)?.kill()
          break
      }
    },
    stopAll() {
      for (const child of running.values()) child.kill()
    },
  }
}
