import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ScorerStart } from './scorer-messages.ts'

/** The thread's program: its own source, or the one file of a bundle. */
const threadFile = import.meta.filename.endsWith('.ts')
  ? fileURLToPath(new URL('./scorer-thread.ts', import.meta.url))
  : import.meta.filename

/**
 * Starts a thread that scores with a bundle's model; it is ready when this resolves.
 *
 * @param checked the bundle's files were checked by this process just now
 */
export async function startScorer(folder: string, checked = false): Promise<Worker> {
  const start: ScorerStart = { slipway: 'scorer', folder, checked }
  const thread = new Worker(threadFile, { workerData: start })
  await new Promise<void>((resolve, reject) => {
    thread.once('error', reject)
    thread.once('exit', () => reject(new Error('The scoring thread ended before it was ready.')))
    thread.once('message', () => resolve())
  })
  for (const event of ['error', 'exit']) thread.removeAllListeners(event)
  thread.unref()
  return thread
}
