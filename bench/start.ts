import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBundle } from './setting/make-bundle.ts'
import { machineSetting, startProgram } from './setting/start-program.ts'

const servingFile = process.argv[2] ?? join(import.meta.dirname, '..', 'dist', 'serving', 'server.mjs')
const runs = 10

/** Times from the start of a bundle's process to the moment it takes requests, in milliseconds. */
async function bundleStarts(): Promise<number[]> {
  const { folder, workspace } = await makeBundle(servingFile)
  const times: number[] = []
  try {
    for (let run = 0; run < runs; run++) {
      const server = await startProgram(join(folder, 'server.mjs'), [
        'serve',
        '--port',
        '0',
        '--state',
        join(workspace, 'state'),
      ])
      times.push(server.readyMs)
      await server.stop()
    }
  } finally {
    await rm(workspace, { recursive: true, force: true })
  }
  return times.sort((a, b) => a - b)
}

console.log(await machineSetting())
const times = await bundleStarts()
const at = (index: number) => (times[index] ?? 0).toFixed(0)
console.log(
  `bundle start to ready: median ${at(times.length >> 1)} ms, from ${at(0)} to ${at(times.length - 1)} ms, ${runs} runs`,
)
