import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

export interface ToolAnswer {
  code: number | null
  out: string
  err: string
}

/**
 * Runs a program of this machine that judges a file better than any assertion of ours. Where it is not installed, the
 * test counts as skipped and says why; so a test asks for one tool, and asserts nothing that could be told without it.
 */
export function runTool(
  { skip }: Pick<TestContext, 'skip'>,
  program: string,
  args: readonly string[],
  input = '',
): ToolAnswer {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    timeout: 30_000,
  })
  if (error && 'code' in error && error.code === 'ENOENT') skip(`${program} is not installed here`)
  if (error) throw error
  return { code: status, out: stdout, err: stderr }
}

/** Skips the test where a program has not got a part that it can do without, such as a library. */
export function needPart(
  test: Pick<TestContext, 'skip'>,
  part: string,
  program: string,
  args: readonly string[],
): void {
  const { code } = runTool(test, program, args)
  if (code !== 0) test.skip(`${program} has no ${part} here`)
}
