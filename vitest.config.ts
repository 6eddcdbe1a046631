import { defineConfig } from 'vitest/config'

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
