import { join } from 'node:path'

/** The log of a deployment: what its server and its keeper say. */
export const logFile = (folder: string): string => join(folder, 'log.ndjson')
