import type { BrowserWindow } from 'electron'
import type { ElectronParts } from './electron-parts.ts'

type Dialog = Pick<ElectronParts['dialog'], 'showOpenDialog'>

/** Lets the user choose a folder, or make one; null when they close the dialog. */
export async function chooseFolder(dialog: Dialog, window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Open workspace',
    buttonLabel: 'Open',
    properties: ['openDirectory', 'createDirectory'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

/** Lets the user choose a data file to import; null when they close the dialog. */
export async function openFile(dialog: Dialog, window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Import data',
    buttonLabel: 'Import',
    properties: ['openFile'],
    filters: [
      { name: 'Data', extensions: ['csv', 'tsv', 'parquet', 'json', 'ndjson', 'jsonl'] },
      { name: 'All files', extensions: ['*'] },
    ],
  })
  return canceled ? null : (filePaths[0] ?? null)
}
