import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Surroundings {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  isExecutable: (path: string) => boolean
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
]

const macApplications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]

function windowsApplications(env: NodeJS.ProcessEnv): string[] {
  const bases = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
    (base) => base !== undefined,
  )
  return bases.flatMap((base) => [
    join(base, 'Google/Chrome/Application/chrome.exe'),
    join(base, 'Chromium/Application/chrome.exe'),
    join(base, 'Microsoft/Edge/Application/msedge.exe'),
  ])
}

/** A Chromium, Chrome or Edge of the system; `SLIPWAY_CHROMIUM` names one outright. Null where there is none. */
export function findChromium(
  { platform, env, isExecutable: executable }: Surroundings = {
    platform: process.platform,
    env: process.env,
    isExecutable,
  },
): string | null {
  const named = env.SLIPWAY_CHROMIUM
  if (named !== undefined && named !== '') return executable(named) ? named : null
  const candidates =
    platform === 'darwin'
      ? macApplications
      : platform === 'win32'
        ? windowsApplications(env)
        : commands.flatMap((command) =>
            (env.PATH ?? '').split(delimiter).map((folder) => join(folder, command)),
          )
  return candidates.find(executable) ?? null
}

/** A window can be shown: always on macOS and Windows, with an X or Wayland display on Linux. */
export function hasDisplay({
  platform,
  env,
}: {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
} = process): boolean {
  if (platform === 'darwin' || platform === 'win32') return true
  return (env.DISPLAY ?? '') !== '' || (env.WAYLAND_DISPLAY ?? '') !== ''
}
