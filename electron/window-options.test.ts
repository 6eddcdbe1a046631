import { expect, test } from 'vitest'
import { windowOptions } from './window-options.ts'

const apart = {
  preload: '/app/preload.cjs',
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
}

test('every window keeps its page apart from the system', () => {
  expect(windowOptions('/app/preload.cjs').webPreferences).toEqual({ ...apart, spellcheck: false })
})

test('no override reaches what keeps it apart', () => {
  const options = windowOptions('/app/preload.cjs', {
    width: 1500,
    show: true,
    webPreferences: {
      preload: '/elsewhere.js',
      contextIsolation: false,
      sandbox: false,
      nodeIntegration: true,
      nodeIntegrationInWorker: true,
      nodeIntegrationInSubFrames: true,
      webSecurity: false,
      allowRunningInsecureContent: true,
      experimentalFeatures: true,
      webviewTag: true,
      navigateOnDragDrop: true,
      zoomFactor: 1.5,
    },
  })
  expect(options.webPreferences).toEqual({ ...apart, spellcheck: false, zoomFactor: 1.5 })
  expect(options).toMatchObject({ width: 1500, show: false, minWidth: 1024, minHeight: 640 })
})
