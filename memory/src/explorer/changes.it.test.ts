import type { HTTPRequest } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../../../testbed/servers/browser.ts';
import { skipped } from '../../../testbed/skip.ts';
import { type Served, serveExplorer, Tab } from './explorer-for-tests.ts';

describe.skipIf(skipped('chromium'))('with the explorer', () => {
  let chromium: TestBrowser;
  let readOnly: Served;
  let writable: Served;
  let tab: Tab;

  beforeAll(async () => {
    [chromium, readOnly, writable] = await Promise.all([
      startBrowser(),
      serveExplorer(),
      serveExplorer({ MEMORY_EXPLORER: 'writable' }),
    ]);
  });
  afterAll(async () => {
    await chromium?.stop();
    await readOnly?.stop();
    await writable?.stop();
  });
  afterEach(async () => {
    await tab.close();
    expect(tab.complaints).toEqual([]);
  });

  const remember = async ({ client }: Served, text: string) => {
    const { body } = await client.createMemories({ body: { memories: [{ text, tier: 'mid', tags: ['a'] }] } });
    return body.memories[0]?.id ?? '';
  };
  const see = async (served: Served, memoryId: string) => {
    tab = await Tab.open(chromium.browser);
    await tab.enter(served, `#/memories/${memoryId}`);
  };
  const inDialog = (title: string) =>
    tab.page.waitForFunction(`document.querySelector('dialog[open] h2')?.textContent === ${JSON.stringify(title)}`);
  /** The button that the dialog is there for. */
  const agree = () => tab.page.locator('dialog[open] button[type=submit]').click();
  const read = async (memoryId: string) => (await writable.client.getMemory({ params: { memoryId } })).body;

  test('nobody is offered a change, unless the settings say so', async () => {
    await see(readOnly, await remember(readOnly, 'The archive opens at ten'));
    expect(await tab.texts('#mode')).toEqual(['read-only']);
    expect(await tab.texts('main button')).toEqual([]);
    await tab.close();
    await see(writable, await remember(writable, 'The archive opens at ten'));
    expect(await tab.texts('#mode')).toEqual(['writable']);
    expect(await tab.texts('main button')).toEqual(['Pin…', 'Edit…', 'Forget…']);
  });

  test('a memory is pinned after a question, and not after a no', async () => {
    const id = await remember(writable, 'The archive has two keys');
    await see(writable, id);
    await tab.press('Pin…');
    await inDialog('Pin this memory?');
    await tab.page.keyboard.press('Escape');
    await tab.page.waitForFunction("!document.querySelector('dialog')");
    expect((await read(id)).pinned).toBe(false);
    await tab.press('Pin…');
    await inDialog('Pin this memory?');
    await tab.follows(agree);
    expect(await read(id)).toMatchObject({ pinned: true, expiresAt: null });
    expect(await tab.texts('main .life')).toEqual(['lives for ever']);
    await tab.press('Unpin…');
    await inDialog('Unpin this memory?');
    await tab.follows(agree);
    expect((await read(id)).pinned).toBe(false);
  });

  test('an edit is shown before it is saved, and changes what was read alone', async () => {
    const id = await remember(writable, 'The archive has three keys');
    await see(writable, id);
    const sent: HTTPRequest[] = [];
    tab.page.on('request', (request) => request.method() === 'PATCH' && sent.push(request));
    await tab.press('Edit…');
    await inDialog('Edit this memory');
    await tab.page.locator('#field-text').fill('The archive has four keys');
    await agree();
    await inDialog('Save this change?');
    expect(await tab.texts('dialog dd')).toEqual(['The archive has three keys', 'The archive has four keys']);
    expect(sent).toEqual([]);
    await tab.follows(agree);
    expect(sent.map((request) => [request.headers()['if-match'], request.postData()])).toEqual([
      ['"1"', JSON.stringify({ text: 'The archive has four keys' })],
    ]);
    expect(await read(id)).toMatchObject({ text: 'The archive has four keys', version: 2, tags: ['a'] });
    expect(await tab.texts('ol .text')).toEqual(['The archive has four keys', 'The archive has three keys']);
    expect(await tab.texts('#announced')).toEqual(['Saved.']);
  });

  test('what somebody else has changed meanwhile is not overwritten, nor forgotten', async () => {
    const id = await remember(writable, 'The archive has five keys');
    await see(writable, id);
    await writable.client.updateMemory({ params: { memoryId: id }, body: { text: 'The archive has six keys' } });
    await tab.press('Edit…');
    await inDialog('Edit this memory');
    await tab.page.locator('#field-importance').fill('0.9');
    await agree();
    await inDialog('Save this change?');
    await agree();
    await tab.page.waitForSelector('dialog .failure');
    expect((await tab.texts('dialog .failure'))[0]).toContain('version-mismatch');
    await tab.press('Cancel');
    await inDialog('Edit this memory');
    expect(await tab.page.$eval('#field-importance', (input) => (input as unknown as { value: string }).value)).toBe(
      '0.9',
    );
    await tab.press('Cancel');
    await tab.page.waitForFunction("!document.querySelector('dialog')");

    await tab.press('Forget…');
    await inDialog('Forget this memory for good?');
    await agree();
    await tab.page.waitForSelector('dialog .failure');
    expect(await read(id)).toMatchObject({ text: 'The archive has six keys', importance: 0.5, version: 2 });
    const refusals = tab.complaints.splice(0);
    expect(refusals).toHaveLength(2);
    expect(refusals.every((complaint) => complaint.includes('status of 412'))).toBe(true);
  });

  test('a memory is forgotten after a question', async () => {
    const id = await remember(writable, 'The archive has no keys');
    await see(writable, id);
    await tab.press('Forget…');
    await inDialog('Forget this memory for good?');
    expect(await tab.texts('dialog blockquote')).toEqual(['The archive has no keys']);
    await tab.follows(agree);
    await expect(read(id)).rejects.toMatchObject({ status: 404 });
    expect(await tab.page.evaluate('location.hash')).toBe('#/memories?tier=mid');
    expect(await tab.texts('.record .text')).not.toContain('The archive has no keys');
  });
});
