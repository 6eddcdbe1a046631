import { EventEmitter } from 'node:events'
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron'
import type { ElectronParts } from '../electron-parts.ts'
import { appOrigin } from '../protocol.ts'

type Listener = (...args: unknown[]) => unknown

export interface Posted {
  message: unknown
  ports: readonly unknown[]
}

export interface FakeFrame {
  parent: FakeFrame | null
  origin: string
  posted: { channel: string; ports: readonly unknown[] }[]
  postMessage(channel: string, message: unknown, ports: readonly unknown[]): void
}

export function fakeFrame(origin = appOrigin, parent: FakeFrame | null = null): FakeFrame {
  const posted: FakeFrame['posted'] = []
  return {
    parent,
    origin,
    posted,
    postMessage: (channel, _message, ports) => posted.push({ channel, ports }),
  }
}

export class FakeContents extends EventEmitter {
  readonly id: number
  readonly mainFrame = fakeFrame()
  readonly sent: { channel: string; message: unknown }[] = []
  reloads = 0
  openHandler: ((details: { url: string }) => { action: string }) | null = null
  constructor(id: number) {
    super()
    this.id = id
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler
  }
  send(channel: string, message: unknown) {
    this.sent.push({ channel, message })
  }
  reload() {
    this.reloads++
  }
}

export class FakeWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions
  readonly webContents: FakeContents
  readonly calls: string[] = []
  loaded = ''
  destroyed = false
  maximized = false
  minimized = false
  constructor(options: BrowserWindowConstructorOptions, contents: FakeContents) {
    super()
    this.options = options
    this.webContents = contents
  }
  async loadURL(url: string) {
    this.loaded = url
  }
  show() {
    this.calls.push('show')
  }
  focus() {
    this.calls.push('focus')
  }
  restore() {
    this.minimized = false
  }
  maximize() {
    this.maximized = true
  }
  isMaximized = () => this.maximized
  isMinimized = () => this.minimized
  isDestroyed = () => this.destroyed
  getNormalBounds = () => ({ x: 10, y: 20, width: 1200, height: 800 })
  close() {
    this.emit('close')
    this.destroyed = true
    this.emit('closed')
  }
}

export class FakeProcess extends EventEmitter {
  readonly script: string
  readonly args: readonly string[]
  readonly options: Record<string, unknown>
  readonly stdout = new EventEmitter()
  readonly stderr = new EventEmitter()
  readonly posted: Posted[] = []
  pid: number | undefined
  killed = false
  /** What `kill` does; a process that hangs does nothing. */
  onKill: () => void = () => this.emit('exit', 0)
  constructor(script: string, args: readonly string[], options: Record<string, unknown>) {
    super()
    this.script = script
    this.args = args
    this.options = options
  }
  postMessage(message: unknown, ports: readonly unknown[] = []) {
    this.posted.push({ message, ports })
  }
  spawn(pid: number) {
    this.pid = pid
    this.emit('spawn')
  }
  kill() {
    this.killed = true
    this.onKill()
    return true
  }
}

/** Records what the shell does to Electron and lets a test play Electron's part. Nothing of it reaches a system. */
export function fakeElectron() {
  const windows: FakeWindow[] = []
  const processes: FakeProcess[] = []
  const handlers = new Map<string, Listener>()
  const externals: string[] = []
  const boxes: { message: string; detail: string; buttons: string[] }[] = []
  const schemes: { scheme: string; privileges: object }[] = []
  const menus: MenuItemConstructorOptions[][] = []
  const permissions: Record<string, Listener> = {}
  const fileHandlers = new Map<string, (request: Request) => Promise<Response>>()
  const answers = { folder: { canceled: true, filePaths: [] as string[] }, box: 0, lock: true }
  const dialogs: object[] = []
  const order: string[] = []

  let becomeReady: () => void = () => undefined
  const readiness = new Promise<void>((resolve) => {
    becomeReady = resolve
  })
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    ready: false,
    quits: 0,
    requestSingleInstanceLock: () => answers.lock,
    enableSandbox: () => void order.push('sandbox'),
    isReady: () => app.ready,
    whenReady: () => readiness,
    quit: () => void app.quits++,
    makeReady() {
      app.ready = true
      order.push('ready')
      becomeReady()
    },
  })
  let focused: FakeWindow | null = null

  class BrowserWindow extends FakeWindow {
    constructor(options: BrowserWindowConstructorOptions) {
      super(options, new FakeContents(windows.length + 1))
      windows.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
    static getFocusedWindow = () => focused
  }

  const electron = {
    app,
    BrowserWindow,
    dialog: {
      showOpenDialog: async (_window: unknown, options: object) => {
        dialogs.push(options)
        return answers.folder
      },
      showMessageBox: async (_window: unknown, options: (typeof boxes)[number]) => {
        boxes.push(options)
        return { response: answers.box }
      },
    },
    ipcMain: { handle: (channel: string, handler: Listener) => handlers.set(channel, handler) },
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (template: MenuItemConstructorOptions[]) => menus.push(template),
    },
    MessageChannelMain: class {
      readonly port1 = { name: 'engine end' }
      readonly port2 = { name: 'page end' }
    },
    protocol: {
      registerSchemesAsPrivileged(list: typeof schemes) {
        order.push('scheme')
        schemes.push(...list)
      },
    },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: {
      defaultSession: {
        setPermissionRequestHandler(handler: Listener) {
          permissions.request = handler
        },
        setPermissionCheckHandler(handler: Listener) {
          permissions.check = handler
        },
        setDevicePermissionHandler(handler: Listener) {
          permissions.device = handler
        },
        protocol: {
          handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
            fileHandlers.set(scheme, handler),
        },
      },
    },
    shell: {
      openExternal: async (url: string) => {
        externals.push(url)
      },
    },
    utilityProcess: {
      fork(script: string, args: readonly string[], options: Record<string, unknown>) {
        const child = new FakeProcess(script, args, options)
        processes.push(child)
        return child
      },
    },
  }
  return {
    // The fake has the parts that the shell uses and no others, which no type can say.
    electron: electron as unknown as ElectronParts,
    app,
    windows,
    processes,
    handlers,
    externals,
    boxes,
    schemes,
    menus,
    permissions,
    fileHandlers,
    answers,
    dialogs,
    order,
    focus: (window: FakeWindow | null) => {
      focused = window
    },
  }
}
