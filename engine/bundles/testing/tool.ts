import { spawnSync } from 'node:child_process'

export interface ToolAnswer {
  code: number | null
  out: string
  err: string
}

/**
 * Runs a program of this machine that judges a file better than any assertion of ours.
 *
 * @returns null, after saying so, where it is not installed
 */
export function runTool(program: string, args: readonly string[], input = ''): ToolAnswer | null {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    timeout: 30_000,
  })
  if (error && 'code' in error && error.code === 'ENOENT') {
    console.info(`${program} is not installed here; the file it reads is checked by our assertions alone`)
    return null
  }
  return { code: status, out: stdout, err: stderr }
}
