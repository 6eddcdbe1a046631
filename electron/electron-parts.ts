import type * as Electron from 'electron'

/**
 * The parts of Electron that the shell uses. Only `main.ts` and `preload.ts` import the real module;
 * everything else is handed these, and runs in tests where Electron's binary is not.
 */
export type ElectronParts = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'utilityProcess'
>
