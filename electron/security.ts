import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron'
import type { ElectronParts } from './electron-parts.ts'
import { appOrigin } from './protocol.ts'

/** `app:` is not a special scheme to Node, whose `URL.origin` is then the text "null": compare by hand. */
function isOurs(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`)
}

/** HTML outputs are shown in sandboxed frames whose content is part of our own page. */
const isInline = (url: string) => url === 'about:srcdoc' || url === 'about:blank'

/**
 * Whether a message really comes from the page we loaded into that window: the same contents by id,
 * its main frame and not an embedded one, and exactly our origin.
 */
export function isTrustedSender(event: IpcMainInvokeEvent | IpcMainEvent, contents: WebContents): boolean {
  const frame = event.senderFrame
  return (
    event.sender.id === contents.id &&
    frame !== null &&
    frame.parent === null &&
    frame === event.sender.mainFrame &&
    frame.origin === appOrigin
  )
}

/** Denies every page, present and future, to navigate, to open windows and to embed web views. */
export function secureContents({ app, shell }: Pick<ElectronParts, 'app' | 'shell'>): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (details) => details.preventDefault())
    contents.on('will-redirect', (details) => details.preventDefault())
    contents.on('will-frame-navigate', (details) => {
      if (details.isMainFrame || !(isOurs(details.url) || isInline(details.url))) details.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      // Links of notebooks and documentation; any other scheme could start a program.
      if (URL.canParse(url) && new URL(url).protocol === 'https:') void shell.openExternal(url)
      return { action: 'deny' }
    })
  })
}

/** The one thing the page may do beyond drawing: put text on the clipboard ("Copy curl command"). */
const allowed: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Both permission handlers deny by default, and so does the one for devices. */
export function denyPermissions({ session }: Pick<ElectronParts, 'session'>): void {
  const own = session.defaultSession
  own.setPermissionRequestHandler((_contents, permission, callback, details) => {
    callback(allowed.has(permission) && details.isMainFrame && isOurs(details.requestingUrl))
  })
  own.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    return allowed.has(permission) && details.isMainFrame && isOurs(requestingOrigin.replace(/\/$/, ''))
  })
  own.setDevicePermissionHandler(() => false)
}
