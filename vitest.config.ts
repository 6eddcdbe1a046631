import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{shared,serving,engine,renderer,electron,scripts}/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
