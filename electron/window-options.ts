import type { BrowserWindowConstructorOptions } from 'electron'

/**
 * Options of every window. What keeps the page apart from the system comes last: no override reaches it.
 *
 * @param preload absolute path of the built preload script
 */
export function windowOptions(
  preload: string,
  overrides: BrowserWindowConstructorOptions = {},
): BrowserWindowConstructorOptions {
  return {
    minWidth: 1024,
    minHeight: 640,
    title: 'Slipway',
    ...overrides,
    // Shown when the page has painted once: an empty white window first would flash.
    show: false,
    webPreferences: {
      spellcheck: false,
      ...overrides.webPreferences,
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
    },
  }
}
