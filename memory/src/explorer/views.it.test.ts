import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../../../testbed/servers/browser.ts';
import { skipped } from '../../../testbed/skip.ts';
import { type Served, serveExplorer, Tab } from './explorer-for-tests.ts';

const memories = [
  { text: 'Ana moved to Lisbon in May 2026', subjectId: 'ana', tier: 'short' },
  { text: 'Ana likes green tea, never coffee', subjectId: 'ana', tier: 'mid' },
  { text: 'Ana works at the harbour office of Lisbon', subjectId: 'ana', tier: 'long' },
  { text: 'Lisbon has seven hills', subjectId: 'ana', tier: 'semantic' },
] as const;
const said = ['Hello from the harbour', 'How can I help?', 'Which hills does Lisbon have?'];

describe.skipIf(skipped('chromium'))('the explorer shows', () => {
  let chromium: TestBrowser;
  let served: Served;
  let tab: Tab;

  beforeAll(async () => {
    [chromium, served] = await Promise.all([startBrowser(), serveExplorer({ MEMORY_QUARANTINE: 'off' })]);
    const { client } = served;
    await client.createMemories({ body: { memories: [...memories] } });
    await client.createSession({ body: { id: 'call/17 ü', subjectId: 'ana', agentId: 'helper' } });
    await client.appendMessages({
      params: { sessionId: 'call/17 ü' },
      body: {
        messages: said.map((content, index) => ({ role: index === 1 ? 'assistant' : 'user', content })),
      },
    });
  });
  afterAll(async () => {
    await chromium?.stop();
    await served?.stop();
  });
  beforeEach(async () => {
    tab = await Tab.open(chromium.browser);
    await tab.enter(served);
  });
  afterEach(async () => {
    await tab.close();
    expect(tab.complaints).toEqual([]);
    expect(new Set(tab.requested.map((url) => new URL(url).origin))).toEqual(new Set([served.url]));
  });

  test('health and how much there is', async () => {
    expect(await tab.texts('#health, #state')).toEqual(['All parts answer', 'All parts answer']);
    const rows = await tab.texts('tbody tr');
    expect(rows).toEqual(['short', 'mid', 'long', 'semantic'].map((tier) => `${tier}sqliteanswers1`));
    const { body } = await served.client.getStats();
    expect((await tab.texts('.share'))[0]).toContain(`${body.usage.records} of 1,000,000`);
  });

  test('sessions with what was said in them, in order', async () => {
    await tab.visit('#/sessions');
    expect((await tab.texts('.record'))[0]).toMatch(/^call\/17 ü3 messagesof anawith helper.*(59|60) min \d\d s left$/);
    await tab.follows(() => tab.page.click('.record a'));
    expect(await tab.page.evaluate('location.hash')).toBe('#/sessions/call%2F17%20%C3%BC');
    expect(await tab.texts('h1')).toEqual(['Session call/17 ü']);
    expect(await tab.texts('ol .text')).toEqual(said);
  });

  test('memories by tier, with a life that runs out before the eye', async () => {
    for (const [tier, life] of [
      ['short', /^59 min \d\d s left$/],
      ['mid', /^23 h 59 min left$/],
      ['long', /^29 d 23 h left$/],
      ['semantic', /^lives for ever$/],
    ] as const) {
      await tab.visit(`#/memories?tier=${tier}`);
      expect(await tab.texts('.record .text')).toEqual(
        memories.filter((one) => one.tier === tier).map(({ text }) => text),
      );
      const [shown = ''] = await tab.texts('.record .life');
      expect(shown, tier).toMatch(life);
    }
    await tab.visit('#/memories?tier=short');
    const [before = ''] = await tab.texts('.record .life');
    await tab.page.waitForFunction(`document.querySelector('.record .life').textContent !== ${JSON.stringify(before)}`);
    const [after = ''] = await tab.texts('.record .life');
    expect(secondsOf(after)).toBeLessThan(secondsOf(before));
  });

  test('one memory with its provenance and history', async () => {
    const { body } = await served.client.createMemories({
      body: { memories: [{ text: 'first words', tier: 'long', provenance: { source: 'tool', tool: 'crm' } }] },
    });
    const memoryId = body.memories[0]?.id ?? '';
    await served.client.updateMemory({ params: { memoryId }, body: { text: 'second words' } });
    await tab.visit(`#/memories/${memoryId}`);
    expect(await tab.texts('main > .record')).toEqual(['second words']);
    const facts = (await tab.texts('.facts div')).join('\n');
    expect(facts).toContain('Sourcetool\nToolcrm\nWritten bylocal');
    expect(await tab.texts('ol .text')).toEqual(['second words', 'first words']);
    await served.client.deleteMemory({ params: { memoryId } });
  });

  test('the parts of each score as pieces of a bar that add up to it', async () => {
    await tab.visit('#/search?q=Lisbon+hills+harbour');
    const { body } = await served.client.searchMemories({ body: { query: 'Lisbon hills harbour', explain: true } });
    expect(body.hits.length).toBeGreaterThan(2);
    const bars = await tab.page.$$eval('.hits .bar', (found) =>
      found.map((bar) =>
        [...bar.children].map((piece) => ({
          part: piece.getAttribute('data-part'),
          share: piece.getBoundingClientRect().width / bar.getBoundingClientRect().width,
        })),
      ),
    );
    const numbers = await tab.page.$$eval('.hits .scored', (found) =>
      found.map((one) => ({
        score: Number(one.querySelector('.number')?.textContent),
        parts: [...one.querySelectorAll('.terms b')].map((part) => Number(part.textContent)),
      })),
    );
    const best = body.hits[0]?.score ?? 0;
    for (const [index, { score, parts = {} }] of body.hits.entries()) {
      const pieces = bars[index] ?? [];
      expect(pieces.map(({ part }) => part)).toEqual(Object.keys(parts).filter((name) => parts[name] !== 0));
      const whole = pieces.reduce((sum, { share }) => sum + share, 0);
      expect(whole).toBeCloseTo(score / best, 2);
      for (const { part, share } of pieces) expect(share).toBeCloseTo((parts[String(part)] ?? 0) / best, 2);
      const shown = numbers[index] ?? { score: 0, parts: [] };
      expect(shown.score).toBeCloseTo(score, 4);
      // Each is rounded to four places.
      expect(Math.abs(shown.parts.reduce((sum, part) => sum + part, 0) - shown.score)).toBeLessThan(0.0006);
    }
  });

  test('an assembled context to the token, with what was cut and why', async () => {
    const query = 'Where is Lisbon, and where does Ana work?';
    await tab.visit(`#/context?q=${encodeURIComponent(query)}&maxTokens=48`);
    const { body } = await served.client.assembleContext({ body: { query, maxTokens: 48 } });
    const [taken, cut] = [true, false].map((wanted) => body.trace.filter(({ included }) => included === wanted));
    expect(cut?.length).toBeGreaterThan(0);
    expect((await tab.texts('pre'))[0]).toBe(body.text);
    expect((await tab.texts('main'))[0]).toContain(`${body.tokens} of 48 tokens`);
    expect(await tab.texts('h2')).toEqual(['The text', `Taken (${taken?.length})`, `Cut (${cut?.length})`]);
    expect(await tab.texts('[aria-label=Cut] .why')).toEqual(cut?.map(({ why }) => why));
    const stored: readonly string[] = [...memories.map(({ text }) => text), ...said];
    const shown = await tab.texts('[aria-label=Cut] .text');
    expect(shown).toHaveLength(cut?.length ?? 0);
    expect(stored).toEqual(expect.arrayContaining(shown));
  });

  test('a session as the source of a context', async () => {
    await tab.visit('#/sessions/call%2F17%20%C3%BC');
    await tab.follows(() => tab.press('Assemble a context from it'));
    expect((await tab.texts('pre'))[0]).toContain('Which hills does Lisbon have?');
    expect((await tab.texts('[aria-label=Taken] .text')).join('\n')).toContain('Lisbon has seven hills');
  });

  test('long lists page by page, and goes on where it was', async () => {
    const many = Array.from({ length: 60 }, (_, number) => ({ text: `Entry ${number}`, subjectId: 'clerk' }));
    await served.client.createMemories({ body: { memories: many } });
    await tab.visit('#/memories?subjectId=clerk');
    expect(await tab.texts('.record .text')).toHaveLength(50);
    await tab.press('Load more');
    await tab.page.waitForFunction("document.querySelectorAll('.record').length === 60");
    expect(new Set(await tab.texts('.record .text')).size).toBe(60);
    expect(await tab.page.$('.tail button')).toBeNull();
    const focused = "[...document.querySelectorAll('.record')].indexOf(document.activeElement)";
    expect(await tab.page.evaluate(focused)).toBe(50);
    expect(await tab.texts('#announced')).toEqual(['60 memories']);
  });

  test('that there is nothing', async () => {
    await tab.visit('#/memories?subjectId=nobody');
    expect(await tab.texts('.state')).toEqual(['There is no such memory.']);
    await tab.visit('#/search?q=xylophone');
    expect(await tab.texts('.state')).toEqual(['Nothing is found.']);
    await tab.visit('#/nowhere');
    expect(await tab.texts('h1')).toEqual(['Nothing is here']);
  });

  test('what the service refuses, in its words', async () => {
    await tab.visit('#/memories?limit=0');
    expect((await tab.texts('.failure'))[0]).toMatch(
      /invalid-request.*query\/limit: "0" was given; allowed: at least 1.*Try again$/s,
    );
    await tab.visit(`#/memories/${crypto.randomUUID()}`);
    expect((await tab.texts('.failure'))[0]).toContain('not-found');
    // The browser itself tells of every answer that is no success.
    const foreseen = /status of (400|404)/;
    expect(tab.complaints.every((complaint) => foreseen.test(complaint))).toBe(true);
    tab.complaints.length = 0;
  });

  test('a text from outside as text, whatever is in it', async () => {
    const texts = [
      '<script>globalThis.owned = 1</script>',
      '<img src=x onerror="globalThis.owned = 1"><svg onload="globalThis.owned = 1">',
      '</bdi></p></main><h1>Service moved</h1><a href="javascript:globalThis.owned=1">sign in again</a>',
      '[x](javascript:globalThis.owned=1) {{constructor.constructor("globalThis.owned=1")()}}',
    ];
    const bidi = 'invoice \u202Efdp.exe\u202C and \u2066tag\u{E0041}\u200B end';
    const made = await served.client.createMemories({
      body: { memories: [...texts, bidi].map((text) => ({ text, subjectId: '<i>mallory</i>', tags: ['<b>tag</b>'] })) },
    });
    await served.client.createSession({ body: { id: '<b>session</b>', subjectId: '<i>mallory</i>' } });
    const messages = [...texts, bidi].map((content) => ({ role: 'user' as const, content, speaker: '<u>mallory</u>' }));
    await served.client.appendMessages({ params: { sessionId: '<b>session</b>' }, body: { messages } });
    await served.client.patchProfile({
      params: { subjectId: '<i>mallory</i>' },
      body: { merge: { '<b>k</b>': texts[0] } },
    });

    const ids = made.body.memories.map(({ id }) => id);
    const views = [
      '#/sessions',
      `#/sessions/${encodeURIComponent('<b>session</b>')}`,
      `#/memories?subjectId=${encodeURIComponent('<i>mallory</i>')}`,
      ...ids.map((id) => `#/memories/${id}`),
      '#/search?q=script+service+moved+invoice',
      `#/context?q=script&sessionId=${encodeURIComponent('<b>session</b>')}&maxTokens=2000`,
    ];
    for (const view of views) {
      await tab.visit(view);
      const foreign = 'main script, main img, main svg, main b.x, main i, main u, main h1 ~ h1, a[href^=javascript]';
      expect(await tab.page.$$(foreign), view).toEqual([]);
      expect(await tab.texts('h1'), view).toHaveLength(1);
      expect(await tab.page.evaluate('globalThis.owned'), view).toBeUndefined();
    }
    await tab.visit(`#/memories?subjectId=${encodeURIComponent('<i>mallory</i>')}`);
    const shown = await tab.texts('.record .text');
    for (const text of texts) expect(shown).toContain(text);
    expect(shown).toContain('invoice U+202Efdp.exeU+202C and U+2066tagU+E0041U+200B end');
    for (const memoryId of ids) await served.client.deleteMemory({ params: { memoryId } });
    await served.client.deleteSession({ params: { sessionId: '<b>session</b>' } });
  });

  test('nothing that its policy forbids, which is in force', async () => {
    const attempts = {
      markup: "node.innerHTML = '<b>x</b>'; return 'done';",
      handler: "node.setAttribute('onclick', 'globalThis.owned = 1'); return 'done';",
      style:
        "document.body.append(node); node.setAttribute('style', 'color: red'); return getComputedStyle(node).color;",
      elsewhere: "return fetch('http://127.0.0.1:9/').then(() => 'done');",
    };
    const told: Record<string, unknown> = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      const script = `(async () => { const node = document.createElement('p'); ${attempt} })()`;
      told[name] = await tab.page.evaluate(script).catch((error: Error) => error.name);
    }
    expect(told).toEqual({
      markup: 'TypeError',
      handler: 'TypeError',
      style: 'rgb(26, 29, 32)',
      elsewhere: 'TypeError',
    });
    expect(tab.complaints.length).toBeGreaterThanOrEqual(Object.keys(attempts).length);
    tab.complaints.length = 0;
    tab.requested.splice(0, tab.requested.length, served.url);
  });
});

function secondsOf(life: string): number {
  const [, minutes, seconds] = /^(\d+) min (\d+) s left$/.exec(life) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
