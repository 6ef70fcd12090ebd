/** Makes docs/memory-explorer.png: a search of a service with a few memories, as the explorer shows it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from '../../../testbed/servers/browser.ts';
import { serveExplorer, Tab } from './explorer-for-tests.ts';

const picture = join(import.meta.dirname, '../../../docs/memory-explorer.png');

const texts = {
  short: 'Ana asked for a quiet room near the harbour',
  mid: 'The harbour office moved Ana to the night shift in November',
  long: 'Ana moved to Lisbon in May 2026',
  semantic: 'The harbour of Lisbon closes its gates at ten',
} as const;

const [served, chromium] = await Promise.all([serveExplorer(), startBrowser()]);
const tiers = Object.keys(texts) as (keyof typeof texts)[];
const memories = tiers.map((tier, index) => ({
  tier,
  text: texts[tier],
  subjectId: 'ana',
  importance: 0.3 + index / 5,
}));
await served.client.createMemories({ body: { memories } });
const tab = await Tab.open(chromium.browser);
await tab.page.setViewport({ width: 960, height: 720 });
await tab.enter(served, '#/search?q=when+did+Ana+move+to+the+harbour');
await tab.page.screenshot({ path: picture, optimizeForSpeed: false });
await chromium.stop();
await served.stop();
process.stdout.write(`${picture}: ${Math.round(statSync(picture).size / 1024)} KiB\n`);
