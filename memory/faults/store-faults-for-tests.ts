import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../testbed/skip.ts';
import { type Database, type Databases, startDatabases, TIMEOUT } from './databases.ts';
import { Drill } from './drill.ts';
import { type Line, report } from './report.ts';
import { anySeed, seeded } from './seeded.ts';
import { type Service, startService } from './service.ts';

export const seed = Number(process.env.FAULTS_SEED ?? anySeed());

export const parts = ['short', 'mid', 'long', 'index'] as const;
type Part = (typeof parts)[number];

const programs = ['dragonfly', 'mongo-java-server', 'firestore-emulator', 'weaviate', 'embeddings'] as const;

/** Tests the service while the databases of these parts fail in every way that they can, and others go on. */
export function describeStoreFaults(failing: readonly Part[], { restart }: { readonly restart: boolean }): void {
  describe.skipIf(skipped(...programs))(`the service when its databases fail (FAULTS_SEED=${seed})`, () => {
    let databases: Databases;
    let service: Service;
    let drill: Drill;
    let pid: number;

    beforeAll(async () => {
      databases = await startDatabases({ embedder: true });
      await eachDatabase((database) => database.pause());
      service = await startService(databases.settings);
      pid = service.pid;
      drill = new Drill({ service, caller: await service.caller(), random: seeded(seed) });
    });
    afterAll(async () => {
      console.log(`FAULTS_SEED=${seed}\n${report(drill?.lines ?? [])}`);
      await drill?.stop();
      await service?.stop();
      await databases?.stop();
    });

    async function eachDatabase(act: (database: Database) => Promise<void>): Promise<void> {
      const { short, mid, long, index } = databases;
      await Promise.all([short, mid, long, index].map(act));
    }

    function expectKept({ wrong, counts, comparison }: Line): void {
      expect(wrong).toEqual([]);
      expect(comparison).toMatchObject({ lost: [], doubled: [], half: [], resurrected: [] });
      expect(comparison.readBack).toBeGreaterThan(0);
      expect(counts.acknowledged).toBeGreaterThan(0);
      expect(drill.notLive).toEqual([]);
      expect(service.pid).toBe(pid);
    }

    async function kill(database: Database): Promise<void> {
      await database.kill();
      try {
        await drill.felt(database);
      } finally {
        await database.restart();
      }
    }

    async function hang(database: Database): Promise<void> {
      await database.pause();
      try {
        await drill.felt(database);
      } finally {
        await database.resume();
      }
    }

    /** In time at first; then too late, so that writes are done and nobody is told. */
    async function slow(database: Database): Promise<void> {
      try {
        database.slow(TIMEOUT / 20);
        await drill.works('slow, and in time');
        database.slow(5 * TIMEOUT);
        await drill.felt(database);
      } finally {
        database.slow(0);
      }
    }

    async function fill(database: Database): Promise<void> {
      await database.fill?.();
      try {
        await drill.full(database);
      } finally {
        await database.clear?.();
      }
    }

    test('started while none of its databases answers, it lives, and works when they do', async () => {
      await drill.told({ parts: ['short', 'mid', 'long', 'semantic', 'index'] });
      await eachDatabase((database) => database.resume());
      expectKept(await drill.throughout('started before its databases', () => drill.recovered()));
    });

    test.each(failing)('the database of %s hangs, is slow and full, and is killed', async (which) => {
      const database = databases[which];
      const faults = [hang, slow, ...(database.fill ? [fill] : []), kill];
      const all = async () => {
        for (const [number, fault] of faults.entries()) {
          if (number > 0) await drill.recovered();
          await fault(database);
        }
      };
      const name = `${database.name}: ${faults.map((fault) => fault.name).join(', ')}`;
      expectKept(await drill.throughout(name, all, which === 'index' ? 'vector' : 'lexical'));
    });

    if (!restart) return;
    test('all databases are restarted, one after the other', async () => {
      const { short, mid, long, index } = databases;
      const all = async () => {
        for (const database of [index, long, mid, short]) {
          await database.shutDown();
          await drill.told(database);
          await database.restart();
          await drill.recovered();
        }
      };
      expectKept(await drill.throughout('restarted one after the other', all));
    });
  });
}
