import { defineConfig } from 'vitest/config';

/** `*.it.test.ts` start real servers: one file at a time, with time to start. */
export default defineConfig({
  test: {
    reporters: [process.env.CI ? 'dot' : 'default', './testing/closing-line.ts'],
    projects: [
      { test: { name: 'unit', include: ['**/*.test.ts'], exclude: ['**/*.it.test.ts', '**/node_modules/**'] } },
      {
        test: {
          name: 'servers',
          include: ['**/*.it.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
