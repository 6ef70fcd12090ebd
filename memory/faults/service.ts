import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from '../../testbed/process/answers.ts';
import { type Durable, durable } from '../../testbed/process/durable.ts';
import { freePort } from '../../testbed/process/port.ts';
import { createServerFolder, startServer } from '../../testbed/process/server.ts';
import { Caller } from '../contract/subject.ts';

/** The memory service as it is deployed: a process of its own, told everything by its environment. */
export interface Service extends Durable {
  /** Such as `http://127.0.0.1:20123`; the same over restarts. */
  readonly url: string;
  /** Its database where it is embedded; what lies beside it where it is not. */
  readonly file: string;
  /** A caller of the one tenant, who may do everything. */
  caller(): Promise<Caller>;
}

const main = join(import.meta.dirname, '../src/main.ts');

/** Lives longer than any run: what is gone is lost, not expired. */
const LIVES = { MEMORY_SHORT_TTL_SECONDS: '50000', MEMORY_MID_TTL_SECONDS: '100000' };

/** @param settings beside those of where it listens; none: all in one SQLite file */
export async function startService(settings: Readonly<Record<string, string>> = {}): Promise<Service> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let file = '';
  const server = await durable('memory', async (data) => {
    file = join(data, 'memory.sqlite');
    return startServer({
      name: 'memory',
      command: process.execPath,
      args: [main],
      env: {
        MEMORY_HTTP_PORT: String(port),
        MEMORY_SQLITE_PATH: file,
        MEMORY_RATE_LIMIT_PER_SECOND: '100000',
        ...LIVES,
        // No Google Cloud here whose metadata server could be asked.
        METADATA_SERVER_DETECTION: 'none',
        ...settings,
      },
      folder: await createServerFolder('memory'),
      ready: () => answersOk(`${url}/health/live`),
    });
  });
  const token = async () => readFileSync(`${file}.token`, 'utf8').trim();
  return Object.assign(server, { url, file, caller: () => Caller.of({ url, token }, 'local') });
}
