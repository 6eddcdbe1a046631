import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Linux counts processor time in hundredths of a second, whatever its timer's rate is. */
const tickMs = 10

async function ofLinuxGroup(leader: number): Promise<number | null> {
  let ticks = 0
  let found = false
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    // Behind the name, which may hold blanks and brackets: state, parent, group, …, user and system time 11th and 12th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (Number(fields[2]) !== leader) continue
    found = true
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return found ? ticks * tickMs : null
}

/** `[[dd-]hh:]mm:ss.cc` as milliseconds. */
export function timeOfPs(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text]
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1000
}

async function ofGroupByPs(leader: number): Promise<number | null> {
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=', '-o', 'time='])
  const times = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([group]) => Number(group) === leader)
    .map(([, time]) => timeOfPs(time ?? ''))
  return times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0)
}

/**
 * Processor time in milliseconds that a process and its children, which are one process group, have used so far; null
 * where the system does not tell.
 */
export async function groupProcessorMs(leader: number): Promise<number | null> {
  try {
    if (process.platform === 'linux') return await ofLinuxGroup(leader)
    return process.platform === 'win32' ? null : await ofGroupByPs(leader)
  } catch {
    return null
  }
}
