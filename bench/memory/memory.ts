/** The memory service beside its stores' own drivers, the least that does the same over HTTP, and the MCP reference server. */
import type { Bench, Settings } from '../bench.ts';
import { packageVersion } from '../machine.ts';
import type { Measure } from '../result.ts';
import { durableAppends } from './durable.ts';
import { embeddedLatency } from './embedded-latency.ts';
import { referenceServer } from './reference.ts';
import { shortWrite } from './short-write.ts';
import { growthWithSize } from './size.ts';
import { type Stores, startStores } from './stores.ts';
import { storesLatency } from './stores-latency.ts';

const packages = [
  'fastify',
  'ioredis',
  'mongodb',
  '@google-cloud/firestore',
  'weaviate-client',
  '@modelcontextprotocol/server-memory',
  'autocannon',
];

export const memory: Bench = {
  name: 'memory',
  about: 'the memory service: writes, reads, search and context beside bare stores and the MCP reference server',
  async run(settings) {
    const measures: Measure[] = [];
    measures.push(...(await durableAppends(settings)), ...(await growthWithSize(settings)));
    measures.push(...(await referenceServer(settings)), ...(await embeddedLatency(settings)));
    const { measures: onStores, programs } = await eachOnItsStores(settings, [shortWrite, storesLatency]);
    return {
      versions: {
        node: process.version,
        ...Object.fromEntries(packages.map((name) => [name, packageVersion(settings.root, name)])),
        ...programs,
      },
      measures: [...measures, ...onStores],
    };
  },
};

type OnStores = (settings: Settings, stores: Stores) => Promise<Measure[]>;

/** Each on new stores: what one wrote is still being indexed when the next begins. */
async function eachOnItsStores(settings: Settings, all: readonly OnStores[]) {
  const measures: Measure[] = [];
  let programs: Stores['programs'] = {};
  for (const one of all) {
    const stores = await startStores();
    programs = stores.programs;
    try {
      measures.push(...(await one(settings, stores)));
    } finally {
      await stores.stop();
    }
  }
  return { measures, programs };
}
