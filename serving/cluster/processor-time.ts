import { readFile } from 'node:fs/promises'

/** Linux counts processor time in hundredths of a second, whatever its timer's rate is. */
const tickMs = 10

/** Processor time in milliseconds that a process has used so far; null where the system does not tell. */
export async function processorMs(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  // Behind the name, which may hold blanks and brackets, user and system time are the 12th and 13th fields.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}
