import { parseEnvironment } from '@ai-orchestra/configuration';
import { memoryConfig } from '../src/config.ts';
import { openMemory } from '../src/open.ts';
import { apiContract } from './contract.ts';
import { serve, standingClock } from './serve.ts';

apiContract(
  'the API on one SQLite file',
  () => {
    const parsed = parseEnvironment(memoryConfig, { MEMORY_SQLITE_PATH: ':memory:' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const clock = standingClock(Date.UTC(2026, 10, 22, 9));
    const onProblem = (what: string, error: unknown) => {
      throw new Error(`${what} failed`, { cause: error });
    };
    const { service, close } = openMemory(parsed.value, { clock, onProblem });
    // The index is written with the document.
    return serve({ service, clock, settled: async () => undefined, close });
  },
  { runs: 12 },
);
