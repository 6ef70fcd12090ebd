import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../skip.ts';
import { startBrowser, type TestBrowser } from './browser.ts';

const page = `<!doctype html><title>Page</title><button>Press</button><output></output>
<script>document.querySelector('button').onclick = () => { document.querySelector('output').textContent = 'pressed'; };</script>`;

describe.skipIf(skipped('chromium'))('browser', () => {
  let chromium: TestBrowser;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    chromium = await startBrowser();
    server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.setHeader('Set-Cookie', 'visited=yes');
      response.end(page);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(async () => {
    await chromium?.stop();
    server?.close();
  });

  test('runs the scripts of a page, and takes its picture', async () => {
    const tab = await chromium.browser.newPage();
    await tab.goto(url);
    await tab.click('button');
    expect(await tab.$eval('output', (output) => output.textContent)).toBe('pressed');
    const picture = await tab.screenshot();
    expect(Buffer.from(picture).subarray(1, 4).toString()).toBe('PNG');
  });

  test('two share nothing', async () => {
    const tab = await chromium.browser.newPage();
    await tab.goto(url);
    expect((await chromium.browser.cookies()).map(({ name }) => name)).toEqual(['visited']);
    const other = await startBrowser();
    expect(await other.browser.cookies()).toEqual([]);
    await other.stop();
    expect(other.browser.connected).toBe(false);
    expect(chromium.browser.connected).toBe(true);
  });
});
