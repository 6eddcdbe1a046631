import type { MessagePortMain, UtilityProcess } from 'electron'
import { engineReadySchema, processRequestSchema } from '../shared/contract/process-port.ts'
import type { ElectronParts } from './electron-parts.ts'
import { createProcessHost, type ProcessHost } from './process-host.ts'

export interface EngineStop {
  code: number
  /** Last lines of its standard error. */
  detail: string
  /** It was started again; otherwise it has stopped too often and waits for `restart`. */
  restarted: boolean
}

/** The engine as a utility process: started again after a crash, reached through ports handed to it. */
export interface EngineProcess {
  /** Hands over one end of a channel, at once or when the engine answers calls. */
  connect(port: MessagePortMain): void
  /** Starts it again after it was given up. */
  restart(): void
  /** Asks it to end and waits for that, five seconds at most. */
  stop(): Promise<void>
}

export interface EngineOptions {
  utilityProcess: ElectronParts['utilityProcess']
  /** Absolute path of the built engine. */
  entry: string
  workspace: string | null
  onStopped: (stop: EngineStop) => void
  now?: () => number
  patienceMs?: number
}

/** More stops than this within a minute are no accident: starting again would go on for ever. */
const stopsAMinute = 3
const keptLines = 20

export function startEngine(options: EngineOptions): EngineProcess {
  const { utilityProcess, entry, workspace, onStopped, now = Date.now, patienceMs = 5000 } = options
  let child: UtilityProcess | null = null
  let host: ProcessHost | null = null
  let ready = false
  let stopping = false
  let waiting: MessagePortMain[] = []
  let stops: number[] = []

  function deliver(to: UtilityProcess): void {
    for (const port of waiting) to.postMessage({ type: 'connect-window' }, [port])
    waiting = []
  }

  function start(): void {
    const mine = utilityProcess.fork(entry, workspace === null ? [] : [workspace], {
      serviceName: 'Slipway engine',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const own = createProcessHost(utilityProcess, (event) => mine.postMessage(event))
    child = mine
    host = own
    ready = false
    let detail: string[] = []
    mine.stdout?.on('data', (chunk: Uint8Array) => process.stdout.write(chunk))
    mine.stderr?.on('data', (chunk: Uint8Array) => {
      process.stderr.write(chunk)
      const lines = new TextDecoder().decode(chunk).split('\n')
      detail = [...detail, ...lines.filter((line) => line.trim() !== '')].slice(-keptLines)
    })
    mine.on('message', (message: unknown) => {
      if (engineReadySchema.safeParse(message).success) {
        ready = true
        deliver(mine)
        return
      }
      const request = processRequestSchema.safeParse(message)
      if (request.success) own.handle(request.data)
    })
    mine.once('exit', (code) => {
      // Nobody could stop these any more: the engine that comes next chose no id of theirs.
      own.stopAll()
      if (child === mine) {
        child = null
        host = null
        ready = false
      }
      if (stopping) return
      stops = [...stops.filter((time) => now() - time < 60_000), now()]
      const restarted = stops.length <= stopsAMinute
      if (restarted) start()
      onStopped({ code, detail: detail.join('\n'), restarted })
    })
  }

  start()
  return {
    connect(port) {
      waiting.push(port)
      if (ready && child) deliver(child)
    },
    restart() {
      if (child) return
      stops = []
      start()
    },
    async stop() {
      stopping = true
      const running = child
      if (!running) return
      host?.stopAll()
      await new Promise<void>((resolve) => {
        const patience = setTimeout(resolve, patienceMs)
        running.once('exit', () => {
          clearTimeout(patience)
          resolve()
        })
        running.kill()
      })
    },
  }
}
