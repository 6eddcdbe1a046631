/** Names of the messages between the shell and the page's preload script. */
export const channels = {
  port: 'slipway:port',
  command: 'slipway:command',
  chooseFolder: 'slipway:choose-folder',
  openFile: 'slipway:open-file',
} as const
