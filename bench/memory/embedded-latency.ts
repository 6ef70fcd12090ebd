/** The embedded memory over HTTP beside the least that does the same: node:http over bare node:sqlite. */
import { join } from 'node:path';
import { freePort } from '../../testbed/process/port.ts';
import type { Settings } from '../bench.ts';
import type { Measure } from '../result.ts';
import { startChild } from './child.ts';
import { startEmbedded } from './embedded.ts';
import { load, type Request, type Target } from './load.ts';
import { appends, beginSessions, contexts, gets, remember, searches, some } from './requests.ts';
import { inRounds, threeMeasures } from './rounds.ts';
import { questions } from './texts.ts';

const CONNECTIONS = [1, 16, 64];
const MEMORIES = 2000;
const PEER = 'node:http and node:sqlite';

export async function embeddedLatency({ folder, quick, runs, progress }: Settings): Promise<Measure[]> {
  const rounds = runs ?? (quick ? 1 : 3);
  const seconds = quick ? 0.5 : 1;
  const ours = await startEmbedded(join(folder, 'latency.sqlite'));
  const port = await freePort();
  const bare = await startChild('bare-sqlite.ts', {
    PORT: String(port),
    SQLITE_PATH: join(folder, 'bare.sqlite'),
    MEMORIES: String(MEMORIES),
  });
  try {
    const peer: Target = { url: `http://127.0.0.1:${port}` };
    progress(`embedded: remembering ${MEMORIES} memories`);
    const sessions = await beginSessions(ours.target);
    const ids = await remember(ours.target, 'long', some(1, MEMORIES));
    const asked = questions(5, 256);
    const operations: Readonly<Record<string, readonly [own: readonly Request[], its: readonly Request[]]>> = {
      append: [appends(sessions), appends(sessions)],
      get: [gets(ids.slice(0, 256)), gets(bare.told.ids as readonly string[])],
      search: [searches(asked), searches(asked)],
      context: [contexts(asked), contexts(asked)],
    };
    const measures: Measure[] = [];
    for (const [operation, [own, its]] of Object.entries(operations)) {
      for (const connections of CONNECTIONS) {
        const name = `embedded: ${operation}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
        progress(name);
        const found = await inRounds(
          [
            { name: 'ours', run: () => load(ours.target, own, { connections, seconds }) },
            { name: PEER, run: () => load(peer, its, { connections, seconds }) },
          ],
          { rounds, warm: quick ? 0 : 1 },
        );
        measures.push(
          ...threeMeasures({ name, ours: found.get('ours') ?? [], peers: { [PEER]: found.get(PEER) ?? [] } }),
        );
      }
    }
    return measures;
  } finally {
    await ours.child.stop();
    await bare.stop();
  }
}
