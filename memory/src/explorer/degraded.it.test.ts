import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../../../testbed/servers/browser.ts';
import { skipped } from '../../../testbed/skip.ts';
import { type Databases, startDatabases } from '../../faults/databases.ts';
import { type Service, startService } from '../../faults/service.ts';
import { createMemoryClient } from '../client/client.ts';
import { Tab } from './explorer-for-tests.ts';

/** A machine that does much else answers late, and late is not down. */
const patient = Object.fromEntries(
  ['DRAGONFLY', 'MONGODB', 'FIRESTORE', 'WEAVIATE'].map((store) => [`${store}_TIMEOUT_MS`, '10000']),
);

const programs = ['chromium', 'dragonfly', 'mongo-java-server', 'firestore-emulator', 'weaviate'];

describe.skipIf(skipped(...programs))('with one of four databases down, the explorer', () => {
  let chromium: TestBrowser;
  let databases: Databases;
  let service: Service;
  let tab: Tab;

  beforeAll(async () => {
    [chromium, databases] = await Promise.all([startBrowser(), startDatabases()]);
    service = await startService({ ...databases.settings, ...patient });
    const token = readFileSync(`${service.file}.token`, 'utf8').trim();
    const client = createMemoryClient({ baseUrl: service.url, token, attempts: 10 });
    const memories = (['short', 'mid', 'long'] as const).map((tier) => ({ text: `A lamp burns in ${tier}`, tier }));
    await client.createMemories({ body: { memories }, waitIndexed: true });
    tab = await Tab.open(chromium.browser);
    await tab.enter({ url: service.url, token });
  });
  afterAll(async () => {
    await chromium?.stop();
    await service?.stop();
    await databases?.stop();
  });

  test('says which, shows what the others have, and says when all is well again', async () => {
    expect(await tab.texts('#state')).toEqual(['All parts answer']);
    expect(await tab.texts('tbody td:nth-child(2)')).toEqual(['dragonfly', 'mongodb', 'firestore', 'firestore']);

    await databases.mid.kill();
    // It looks by itself, every ten seconds.
    await tab.page.waitForFunction("document.querySelector('#health').textContent === 'Down: mid'");
    await tab.page.waitForFunction("document.querySelector('#state')?.textContent === 'Down: mid'");
    expect((await tab.texts('tbody tr'))[1]).toMatch(
      /^midmongodbdoes not answer since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTCnot known$/,
    );
    for (const view of ['#/memories', '#/search?q=lamp', '#/context?q=lamp']) {
      await tab.visit(view);
      expect(await tab.texts('.notice'), view).toEqual(['mid did not answer: there may be more than is shown.']);
      const shown = (await tab.texts('main'))[0];
      expect(shown, view).toContain('A lamp burns in short');
      expect(shown, view).toContain('A lamp burns in long');
      expect(shown, view).not.toContain('A lamp burns in mid');
    }

    await databases.mid.restart();
    await tab.page.waitForFunction("document.querySelector('#health').textContent === 'All parts answer'");
    await tab.visit('#/memories');
    expect(await tab.texts('.notice')).toEqual([]);
    expect((await tab.texts('main'))[0]).toContain('A lamp burns in mid');
    expect(tab.complaints).toEqual([]);
  });
});
