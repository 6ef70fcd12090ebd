/** The memory service on one SQLite file, as `npm start -w memory` runs it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../testbed/process/port.ts';
import { type Child, startProgram } from './child.ts';
import type { Target } from './load.ts';

export interface Service {
  readonly child: Child;
  readonly target: Target;
}

const program = join(import.meta.dirname, '../../memory/src/main.ts');

/** @param path of the SQLite file; made where there is none */
export async function startEmbedded(path: string): Promise<Service> {
  const [port, metrics] = [await freePort(), await freePort()];
  const child = await startProgram(program, {
    MEMORY_SQLITE_PATH: path,
    MEMORY_HTTP_PORT: String(port),
    MEMORY_METRICS_PORT: String(metrics),
    MEMORY_RATE_LIMIT_PER_SECOND: '100000',
    MEMORY_QUOTA_RECORDS: '1000000000',
    MEMORY_QUOTA_BYTES: String(2 ** 40),
  });
  return { child, target: { url: `http://127.0.0.1:${port}`, token: readFileSync(`${path}.token`, 'utf8').trim() } };
}
