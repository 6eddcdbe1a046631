import type { BrowserWindow, IpcMainInvokeEvent } from 'electron'
import { channels } from './channels.ts'
import { chooseFolder, openFile } from './dialogs.ts'
import type { ElectronParts } from './electron-parts.ts'
import { type EngineProcess, type EngineStop, startEngine } from './engine-process.ts'
import { menuTemplate } from './menu.ts'
import { createFileHandler, registerScheme, scheme, startPage } from './protocol.ts'
import { denyPermissions, isTrustedSender, secureContents } from './security.ts'
import { windowOptions } from './window-options.ts'
import { readWindowState, writeWindowState } from './window-state.ts'
import { workspaceArgument, workspaceOf } from './workspace-argument.ts'

export interface ShellOptions {
  electron: ElectronParts
  /** Absolute paths of what was built, and of the file that keeps the window's place. */
  paths: { renderer: string; preload: string; engine: string; windowState: string }
  argv: readonly string[]
  workingFolder: string
  platform: NodeJS.Platform
}

/** One window and the engine behind it: two workspaces are two of each. */
interface Workbench {
  window: BrowserWindow
  engine: EngineProcess
}

/** Starts the desktop shell. Everything before `whenReady` must happen in the first turn, as Electron demands. */
export async function startShell(options: ShellOptions): Promise<void> {
  const { electron, paths, argv, workingFolder, platform } = options
  const { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, protocol, screen, session } =
    electron
  if (!app.requestSingleInstanceLock()) {
    // The instance that runs already was told our arguments and opens the window.
    app.quit()
    return
  }
  app.enableSandbox()
  registerScheme(protocol)
  secureContents(electron)

  const workbenches = new Map<number, Workbench>()
  const ending = new Set<Promise<void>>()
  let quitting = false

  async function tellStopped(workbench: Workbench, stop: EngineStop): Promise<void> {
    if (workbench.window.isDestroyed()) return
    const detail = stop.detail === '' ? `It ended with code ${stop.code}.` : stop.detail
    if (stop.restarted) {
      await dialog.showMessageBox(workbench.window, {
        type: 'warning',
        message: 'The engine stopped unexpectedly and was started again.',
        detail: `What was saved is as it was; cells that were running have stopped.\n\n${detail}`,
        buttons: ['OK'],
      })
      return
    }
    const { response } = await dialog.showMessageBox(workbench.window, {
      type: 'error',
      message: 'The engine keeps stopping.',
      detail: `It stopped four times within a minute, so it was not started again.\n\n${detail}`,
      buttons: ['Start it again', 'Close the window'],
      defaultId: 0,
      cancelId: 1,
    })
    if (response === 0) workbench.engine.restart()
    else workbench.window.close()
  }

  function openWorkbench(workspace: string | null): Workbench {
    const displays = screen.getAllDisplays().map((display) => display.workArea)
    const { x, y, width, height, maximized } = readWindowState(paths.windowState, displays)
    const place = x === undefined || y === undefined ? {} : { x, y }
    const window = new BrowserWindow(windowOptions(paths.preload, { ...place, width, height }))
    const engine = startEngine({
      utilityProcess: electron.utilityProcess,
      entry: paths.engine,
      workspace,
      onStopped: (stop) => void tellStopped(workbench, stop),
    })
    const workbench: Workbench = { window, engine }
    const { id } = window.webContents
    workbenches.set(id, workbench)
    if (maximized) window.maximize()
    window.once('ready-to-show', () => window.show())
    window.on('close', () => {
      writeWindowState(paths.windowState, { ...window.getNormalBounds(), maximized: window.isMaximized() })
    })
    window.once('closed', () => {
      workbenches.delete(id)
      const end = engine.stop().finally(() => ending.delete(end))
      ending.add(end)
    })
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload()
    })
    void window.loadURL(startPage)
    return workbench
  }

  /** @throws Error to the page for a sender that is not the page of one of our windows */
  function trusted(event: IpcMainInvokeEvent): Workbench {
    const workbench = workbenches.get(event.sender.id)
    if (!workbench || !isTrustedSender(event, workbench.window.webContents)) {
      throw new Error('Refused: this page may not ask the shell for anything.')
    }
    return workbench
  }

  function focusedWorkbench(): Workbench | undefined {
    const focused = BrowserWindow.getFocusedWindow()
    const all = [...workbenches.values()]
    return all.find(({ window }) => window === focused) ?? all[0]
  }

  ipcMain.handle(channels.port, (event) => {
    const { engine } = trusted(event)
    const { port1, port2 } = new MessageChannelMain()
    engine.connect(port1)
    event.senderFrame?.postMessage(channels.port, null, [port2])
  })
  ipcMain.handle(channels.chooseFolder, (event) => chooseFolder(dialog, trusted(event).window))
  ipcMain.handle(channels.openFile, (event) => openFile(dialog, trusted(event).window))

  app.on('second-instance', (_event, words, folder) => {
    const workspace = workspaceArgument(words, app.isPackaged, folder)
    const present = workspace === null ? focusedWorkbench() : undefined
    if (!present) {
      openWorkbench(workspace)
      return
    }
    if (present.window.isMinimized()) present.window.restore()
    present.window.focus()
  })
  const opened: string[] = []
  app.on('open-file', (event, path) => {
    event.preventDefault()
    if (app.isReady()) openWorkbench(workspaceOf(path))
    else opened.push(path)
  })
  app.on('activate', () => {
    if (app.isReady() && workbenches.size === 0) openWorkbench(null)
  })
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit()
  })
  app.on('will-quit', (event) => {
    if (quitting || ending.size === 0) return
    // The engines close their database first; then we come here again.
    event.preventDefault()
    quitting = true
    void Promise.allSettled(ending).then(() => app.quit())
  })

  await app.whenReady()
  denyPermissions({ session })
  session.defaultSession.protocol.handle(scheme, createFileHandler(paths.renderer))
  const template = menuTemplate(platform, {
    command: (id) => focusedWorkbench()?.window.webContents.send(channels.command, id),
    newWindow: () => openWorkbench(null),
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  openWorkbench(
    opened[0] === undefined ? workspaceArgument(argv, app.isPackaged, workingFolder) : workspaceOf(opened[0]),
  )
}
