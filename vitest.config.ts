// Tests by cost: pure ones in seconds; the database, the server and the channels in process; Temporal with a real server;
// whole processes that are killed.
import { defineConfig } from 'vitest/config';
import { browserMissing } from './tests/browser/chromium.ts';

const inProcess = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: ['tests/*.test.ts', 'tests/{core,engine,language,simulator,scenarios,cli}/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'process',
          include: ['tests/{store,server,channels,audiences,embedded,chaos}/**/*.test.ts'],
          ...inProcess,
        },
      },
      {
        test: {
          name: 'browser',
          // Where there is none, `npm test` says so (tests/run.ts).
          include: browserMissing() ? [] : ['tests/browser/**/*.test.ts'],
          fileParallelism: false,
          ...inProcess,
        },
      },
      {
        test: {
          name: 'temporal',
          include: ['tests/{temporal,parity}/**/*.test.ts'],
          globalSetup: ['tests/temporal-server.ts'],
          fileParallelism: false,
          ...inProcess,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/system/**/*.test.ts'],
          fileParallelism: false,
          maxConcurrency: 10,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
