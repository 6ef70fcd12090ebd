import { defineConfig } from 'vitest/config';

/** `*.rehearsal.ts` take too long for every change: `make soak`. */
export default defineConfig({
  test: {
    reporters: ['default', './testing/closing-line.ts'],
    include: ['**/*.rehearsal.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    maxWorkers: 1,
  },
});
