/** What authentication, validation, scanning, metrics and the rest cost on top of the Redis write of one message. */
import { freePort } from '../../testbed/process/port.ts';
import type { Settings } from '../bench.ts';
import type { Bound, Measure } from '../result.ts';
import { startChild } from './child.ts';
import { load, type Target } from './load.ts';
import { appends, beginSessions, states } from './requests.ts';
import { type Case, inRounds, tail, threeMeasures } from './rounds.ts';
import { type Stores, startOnStores } from './stores.ts';

const SAME = 'node:http, the same Redis call';
const PLAIN = 'node:http, SET EX';
/** Ours takes at most 1.5 times as long. */
const latency: Bound = { atMost: 1.5 };
const throughput: Bound = { atLeast: 1 / 1.5 };
const TAIL: Bound = { atMost: 5 };

export async function shortWrite({ quick, runs, progress }: Settings, stores: Stores): Promise<Measure[]> {
  const rounds = runs ?? (quick ? 1 : 5);
  const seconds = quick ? 1 : 2;
  const { child, target } = await startOnStores(stores);
  const port = await freePort();
  const bare = await startChild('bare-redis.ts', { ...stores.environment, PORT: String(port) });
  try {
    const peer: Target = { url: `http://127.0.0.1:${port}` };
    const own = await beginSessions(target);
    const its = await beginSessions(target, 'bare-');
    const sets = appends(its).map((request) => ({ ...request, path: `/set${request.path}` }));
    const measures: Measure[] = [];
    for (const connections of [1, 64]) {
      const at = { connections, seconds };
      const cases: readonly Case[] = [
        { name: 'append', run: () => load(target, appends(own), at) },
        { name: SAME, run: () => load(peer, appends(its), at) },
        { name: 'state', run: () => load(target, states(own), at) },
        { name: PLAIN, run: () => load(peer, sets, at) },
      ];
      const shown = connections === 1 ? '1 connection' : `${connections} connections`;
      progress(`short-tier write, ${shown}`);
      const found = await inRounds(cases, { rounds, warm: 1 });
      const of = (name: string) => found.get(name) ?? [];
      const peers = { [SAME]: of(SAME), [PLAIN]: of(PLAIN) };
      const goals = connections === 1 ? { p50: { [SAME]: latency } } : { perSecond: { [SAME]: throughput } };
      measures.push(
        ...threeMeasures({ name: `short-tier write: append, ${shown}`, ours: of('append'), peers, goals }),
        ...threeMeasures({
          name: `short-tier write: state, ${shown}`,
          ours: of('state'),
          peers: { [PLAIN]: of(PLAIN) },
        }),
      );
      if (connections > 1) {
        measures.push(tail(`short-tier write: append, ${shown}, p99 to p50`, of('append'), TAIL));
      }
    }
    return measures;
  } finally {
    await child.stop();
    await bare.stop();
  }
}
