/** The memory service on four stores beside their drivers, which do the same operation of the store and nothing else. */
import type { Settings } from '../bench.ts';
import type { Measure } from '../result.ts';
import { openDrivers } from './drivers.ts';
import { inFlight } from './in-flight.ts';
import { load, type Request } from './load.ts';
import { appends, beginSessions, contexts, gets, remember, remembers, searches, some } from './requests.ts';
import { inRounds, threeMeasures } from './rounds.ts';
import { type Stores, startOnStores } from './stores.ts';
import { questions } from './texts.ts';

const CONNECTIONS = [1, 16, 64];
const MEMORIES = 500;

interface Compared {
  readonly name: string;
  readonly requests: readonly Request[];
  readonly driver: string;
  readonly call: (number: number) => Promise<unknown>;
}

export async function storesLatency(settings: Settings, stores: Stores): Promise<Measure[]> {
  const { quick, runs, progress } = settings;
  const at = { rounds: runs ?? (quick ? 1 : 3), warm: quick ? 0 : 1 };
  const seconds = quick ? 0.5 : 1;
  const { child, target } = await startOnStores(stores);
  try {
    progress('four stores: remembering');
    const texts = some(1, MEMORIES);
    const sessions = await beginSessions(target);
    const ids = {
      short: await remember(target, 'short', texts.slice(0, 100)),
      mid: await remember(target, 'mid', texts.slice(0, 100)),
      long: await remember(target, 'long', texts),
    };
    const asked = questions(5, 256);
    const { environment } = stores;
    const drivers = await openDrivers({ environment, sessions, ids: ids.short, texts, asked });
    try {
      const operations: readonly Compared[] = [
        { name: 'append', requests: appends(sessions), driver: 'ioredis', call: drivers.append },
        { name: 'remember (mid)', requests: remembers('mid'), driver: 'mongodb', call: drivers.rememberMid },
        {
          name: 'remember (long)',
          requests: remembers('long'),
          driver: '@google-cloud/firestore',
          call: drivers.rememberLong,
        },
        { name: 'get (short)', requests: gets(ids.short), driver: 'ioredis', call: drivers.getShort },
        { name: 'get (mid)', requests: gets(ids.mid), driver: 'mongodb', call: drivers.getMid },
        {
          name: 'get (long)',
          requests: gets(ids.long.slice(0, 256)),
          driver: '@google-cloud/firestore',
          call: drivers.getLong,
        },
        { name: 'search', requests: searches(asked), driver: 'weaviate-client', call: drivers.search },
        {
          name: 'context',
          requests: contexts(asked),
          driver: 'weaviate-client, then firestore',
          call: drivers.context,
        },
      ];
      // Reading first: what was appended is still being indexed for a while.
      const order = [...operations.slice(3), ...operations.slice(0, 3)];
      const measures: Measure[] = [];
      for (const { name: operation, requests, driver, call } of order) {
        for (const connections of CONNECTIONS) {
          const name = `four stores: ${operation}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
          progress(name);
          const cases = [
            { name: 'ours', run: () => load(target, requests, { connections, seconds }) },
            { name: driver, run: () => inFlight(call, { connections, seconds }) },
          ];
          const found = await inRounds(cases, at);
          const peers = { [driver]: found.get(driver) ?? [] };
          measures.push(...threeMeasures({ name, ours: found.get('ours') ?? [], peers }));
        }
      }
      return measures;
    } finally {
      await drivers.close();
    }
  } finally {
    await child.stop();
  }
}
