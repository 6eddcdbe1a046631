// `node scripts/launch.mjs <script>` runs scripts/<script>.ts. Plain JavaScript, so that a Node too old
// for the TypeScript sources still gets as far as saying so.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nodeProblem } from './node-problem.mjs'

const problem = nodeProblem(process.versions.node, `${process.platform}-${process.arch}`)
if (problem !== null) {
  process.stderr.write(`${problem}\n`)
  process.exit(1)
}
const [name, ...rest] = process.argv.slice(2)
const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
if (process.features.typescript) {
  process.argv.splice(1, 2, script)
  await import(new URL(`${name}.ts`, import.meta.url).href)
} else {
  const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', script, ...rest], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1)
  })
}
