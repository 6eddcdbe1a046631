// Runs sandboxed, before the page, and is built as CommonJS, which a sandboxed preload script must be.
import { contextBridge, ipcRenderer } from 'electron'
import { exposeShell } from './expose-shell.ts'

exposeShell(contextBridge, ipcRenderer, window)
