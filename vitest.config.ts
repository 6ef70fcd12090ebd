import { defineConfig } from 'vitest/config';
import LongestFirst from './testing/longest-first.ts';

/** `*.it.test.ts` start real servers: three files at a time, as they mostly wait, with time to start. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    reporters: [process.env.CI ? 'dot' : 'default', './testing/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          // Nothing here takes long; a machine that does much else at once does.
          testTimeout: 60_000,
          include: ['**/*.test.ts'],
          exclude: ['**/*.it.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'servers',
          include: ['**/*.it.test.ts'],
          exclude: ['**/node_modules/**'],
          maxWorkers: 3,
          testTimeout: 300_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
