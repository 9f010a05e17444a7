// Tests by cost: pure ones in seconds; the database, the server and the channels in process; Temporal with a real server;
// whole processes that are killed.
import { defineConfig } from 'vitest/config';
import { browserMissing } from './tests/browser/chromium.ts';

// Only against hanging: nothing that passes on an idle machine fails on a busy one.
const patience = { testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 60_000 } } };

export default defineConfig({
  test: {
    slowTestThreshold: 5_000,
    projects: [
      {
        test: {
          name: 'pure',
          include: ['tests/*.test.ts', 'tests/{core,engine,language,simulator,scenarios,cli}/**/*.test.ts'],
          ...patience,
        },
      },
      {
        test: {
          name: 'process',
          include: ['tests/{store,server,channels,audiences,embedded,chaos}/**/*.test.ts'],
          ...patience,
        },
      },
      {
        test: {
          name: 'browser',
          // Where there is none, `npm test` says so (tests/run.ts).
          include: browserMissing() ? [] : ['tests/browser/**/*.test.ts'],
          fileParallelism: false,
          ...patience,
        },
      },
      {
        test: {
          name: 'temporal',
          include: ['tests/{temporal,parity}/**/*.test.ts'],
          globalSetup: ['tests/temporal-server.ts'],
          fileParallelism: false,
          ...patience,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/system/**/*.test.ts'],
          fileParallelism: false,
          maxConcurrency: 10,
          ...patience,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
