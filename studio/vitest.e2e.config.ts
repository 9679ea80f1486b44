import { defineConfig } from 'vitest/config';

/** The studio in a browser against a running server: `SAASFLOWS_URL=http://… npm run e2e`. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'e2e/unpack-browser.ts',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
