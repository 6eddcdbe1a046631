import { z } from 'zod'

/**
 * Starting Node programs from the engine when the engine itself runs inside the desktop shell.
 *
 * The shell's own binary refuses to run as plain Node (the `RunAsNode` fuse is off), so `child_process.fork`
 * of it would open a second window instead. The engine therefore asks the shell over `process.parentPort`,
 * and the shell forks a utility process. Headless, the same port is served with `child_process`.
 *
 * A process is known by the id the asker chose; every id gets exactly one `exited`, also when it never started.
 */
export const processRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start-process'),
    id: z.string().min(1),
    /** Absolute path of the program's entry file, such as a bundle's `server.mjs`. */
    script: z.string().min(1),
    args: z.array(z.string()),
    /** The whole environment of the new process, not additions to the asker's. */
    env: z.record(z.string(), z.string()),
    cwd: z.string(),
  }),
  /** Asks the process to end (SIGTERM); `exited` follows. */
  z.strictObject({ type: z.literal('stop-process'), id: z.string().min(1) }),
])
export type ProcessRequest = z.infer<typeof processRequestSchema>

export const processEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('process-started'), id: z.string(), pid: z.number().int() }),
  z.strictObject({
    type: z.literal('process-output'),
    id: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  }),
  z.strictObject({
    type: z.literal('process-exited'),
    id: z.string(),
    code: z.number().int().nullable(),
    /** Why it could not be started; empty when it ran. */
    problem: z.string(),
  }),
])
export type ProcessEvent = z.infer<typeof processEventSchema>

/** What the shell tells the engine when it hands over a window's message port (the port travels with it). */
export const engineConnectSchema = z.strictObject({ type: z.literal('connect-window') })
/** What the engine tells the shell once it answers calls. */
export const engineReadySchema = z.strictObject({ type: z.literal('engine-ready') })
