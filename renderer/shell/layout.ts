import { z } from 'zod'
import { defaultFrame, type FrameState, railAreas, sideWidths } from './frame-state.ts'
import { tabKinds } from './open-tab.ts'

/** What `workspace.saveLayout` keeps. `dock` is dockview's own serialisation. */
export interface Layout {
  readonly frame: FrameState
  readonly dock: Record<string, unknown> | null
}

const panelSchema = z.object({ params: z.object({ kind: z.enum(tabKinds), id: z.string() }) })

const layoutSchema = z.object({
  version: z.literal(1),
  frame: z.object({
    side: z.enum(railAreas).nullable(),
    sideWidth: z.number().min(sideWidths.least).max(sideWidths.most),
    inspector: z.boolean(),
  }),
  dock: z
    .looseObject({ grid: z.looseObject({}), panels: z.record(z.string(), z.looseObject(panelSchema.shape)) })
    .nullable(),
})

/**
 * Reads a remembered layout. One that does not fit (an older version, a tab kind that is gone) is
 * dropped for the default: a wrong layout must never keep a workspace from opening.
 */
export function decodeLayout(value: unknown): Layout {
  const parsed = layoutSchema.safeParse(value)
  return parsed.success
    ? { frame: parsed.data.frame, dock: parsed.data.dock }
    : { frame: defaultFrame, dock: null }
}

export function encodeLayout(layout: Layout): unknown {
  return { version: 1, frame: layout.frame, dock: layout.dock }
}
