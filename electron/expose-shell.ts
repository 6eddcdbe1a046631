import type { ContextBridge, IpcRenderer } from 'electron'
import { channels } from './channels.ts'

/** What the page finds as `window.slipway`; it can send nothing but these three questions. */
export interface SlipwayShell {
  /** Asks for a fresh port to the engine, which arrives as a `slipway-port` window message. */
  port(): Promise<void>
  chooseFolder(): Promise<string | null>
  openFile(): Promise<string | null>
}

interface Page {
  postMessage(message: unknown, targetOrigin: string, transfer: Transferable[]): void
  readonly location: { readonly origin: string }
}

/** A port cannot pass the context bridge, only a window message can carry it into the page. */
export function exposeShell(
  bridge: Pick<ContextBridge, 'exposeInMainWorld'>,
  ipc: Pick<IpcRenderer, 'invoke' | 'on'>,
  page: Page,
): void {
  const { origin } = page.location
  ipc.on(channels.port, (event) => page.postMessage({ type: 'slipway-port' }, origin, [...event.ports]))
  ipc.on(channels.command, (_event, command: unknown) => {
    page.postMessage({ type: 'slipway-command', command: String(command) }, origin, [])
  })
  const path = async (channel: string) => {
    const answer: unknown = await ipc.invoke(channel)
    return typeof answer === 'string' ? answer : null
  }
  const exposed: SlipwayShell = {
    port: async () => {
      await ipc.invoke(channels.port)
    },
    chooseFolder: () => path(channels.chooseFolder),
    openFile: () => path(channels.openFile),
  }
  bridge.exposeInMainWorld('slipway', exposed)
}
