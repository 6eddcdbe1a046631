import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // Each file has engines, folders and ports of its own.
  workers: 2,
  forbidOnly: true,
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 720 },
    launchOptions: {
      ...(process.env.SLIPWAY_CHROMIUM === undefined ? {} : { executablePath: process.env.SLIPWAY_CHROMIUM }),
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
      chromiumSandbox: false,
    },
    // A trace of every step makes the tests half as long again: `npm run e2e -- --trace retain-on-failure` where one is needed.
    screenshot: 'only-on-failure',
  },
})
