import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Rectangle } from 'electron'
import { z } from 'zod'

const windowStateSchema = z.strictObject({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  maximized: z.boolean(),
})
export type WindowState = z.infer<typeof windowStateSchema>

export const defaultWindowState: WindowState = { width: 1440, height: 900, maximized: false }

/** At least this much of the window must lie on a display, or its position is of a screen that is gone. */
const visiblePart = 100

function isVisible({ x, y, width, height }: WindowState, displays: readonly Rectangle[]): boolean {
  if (x === undefined || y === undefined) return false
  return displays.some((display) => {
    const across = Math.min(x + width, display.x + display.width) - Math.max(x, display.x)
    const down = Math.min(y + height, display.y + display.height) - Math.max(y, display.y)
    return across >= visiblePart && down >= visiblePart
  })
}

/** The size and place of the last window; an unreadable file is the default, never an error at start. */
export function readWindowState(path: string, displays: readonly Rectangle[]): WindowState {
  let state: WindowState
  try {
    state = windowStateSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return defaultWindowState
  }
  if (isVisible(state, displays)) return state
  const { width, height, maximized } = state
  return { width, height, maximized }
}

/** Written as the window closes, so synchronously, and whole or not at all. A full disk loses the place, nothing else. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.new`, JSON.stringify(windowStateSchema.parse(state)))
    renameSync(`${path}.new`, path)
  } catch {
    // The next window opens in the default place.
  }
}
