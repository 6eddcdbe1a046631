import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

// Threads that tests start load this repository's TypeScript. Node keeps what it made of it, and the next thread starts
// in a third of the time.
process.env.NODE_COMPILE_CACHE ??= resolve(import.meta.dirname, 'node_modules/.cache/compiled')

const tests = '{shared,serving,engine,renderer,electron,scripts}/**/*.test.{ts,tsx}'
/** Those that start processes or train many models take minutes together: `npm test` runs them, `npm run check` does not. */
const processTests = '{shared,serving,engine,renderer,electron,scripts}/**/*.process.test.ts'

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: [tests], exclude: [processTests] } },
      { extends: true, test: { name: 'processes', include: [processTests] } },
    ],
  },
})
