import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../../../testbed/servers/browser.ts';
import { skipped } from '../../../testbed/skip.ts';
import { issuerFetch } from '../auth/issuer-fetch.ts';
import { audience, startIssuer } from '../auth/issuer-for-tests.ts';
import { issuerKeys } from '../auth/keys.ts';
import { OidcAuthenticator } from '../auth/oidc.ts';
import { createServer } from '../http/server.ts';
import { embeddedService } from '../service/embedded-for-tests.ts';
import { addExplorer } from './explorer.ts';
import { type Served, serveExplorer, Tab } from './explorer-for-tests.ts';

describe.skipIf(skipped('chromium'))('the explorer lets in', () => {
  let chromium: TestBrowser;
  let served: Served;
  let tab: Tab;

  beforeAll(async () => {
    chromium = await startBrowser();
  });
  afterAll(async () => {
    await chromium?.stop();
  });
  beforeEach(async () => {
    served = await serveExplorer();
    tab = await Tab.open(chromium.browser);
  });
  afterEach(async () => {
    await tab.close();
    await served.stop();
    // The browser itself tells of every answer that is no success.
    expect(tab.complaints.filter((complaint) => !/status of (401|403)/.test(complaint))).toEqual([]);
  });

  const give = async (token: string) => {
    await tab.page.locator('#token').fill(token);
    await tab.follows(() => tab.press('Open'));
  };
  const asks = () => tab.page.waitForSelector('#token');

  test('whoever opens the link of the log first, and nobody by it again', async () => {
    expect(served.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/explorer#open=[\w-]{43}$/);
    await tab.page.goto(served.link);
    await tab.page.waitForSelector('#state');
    expect(await tab.page.evaluate('location.href')).toBe(`${served.url}/explorer`);
    await tab.page.reload();
    await tab.page.waitForSelector('#state');

    const other = await Tab.open(chromium.browser);
    await other.page.goto(served.link);
    await other.page.waitForSelector('#token');
    expect(await other.texts('#token-problem')).toEqual([
      'The link was used already, or is too old. Give the token itself.',
    ]);
    await other.close();
  });

  test('a token that nobody else gets to see: not in an address, a log, a cookie or another tab', async () => {
    await tab.page.goto(served.link);
    await tab.page.waitForSelector('#state');
    expect(tab.requested.filter((url) => url.includes(served.token))).toEqual([]);
    const code = served.link.split('=')[1] ?? '';
    expect(tab.requested.slice(1).filter((url) => url.includes(code))).toEqual([]);
    expect(served.log.join('')).not.toContain(served.token);
    expect(await chromium.browser.cookies()).toEqual([]);
    expect(await tab.page.evaluate('localStorage.length')).toBe(0);
    const second = await tab.page.browserContext().newPage();
    await second.goto(`${served.url}/explorer`);
    await second.waitForSelector('#token');
  });

  test('a token that is pasted, and goes where the shared link leads', async () => {
    await served.client.createSession({ body: { id: 'shared' } });
    await tab.page.goto(`${served.url}/explorer#/sessions/shared`);
    await asks();
    await tab.page.locator('#token').fill('two words');
    await tab.press('Open');
    await tab.page.waitForFunction(
      "document.querySelector('#token-problem').textContent.startsWith('That is no token')",
    );
    await give(`Bearer ${served.token}`);
    expect(await tab.texts('h1')).toEqual(['Session shared']);
    await tab.follows(() => tab.press('Sign out'));
    await asks();
    expect(await tab.page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('a wrong token not at all', async () => {
    await tab.page.goto(`${served.url}/explorer`);
    await asks();
    await give('x'.repeat(43));
    await tab.page.waitForSelector('#token');
    expect((await tab.texts('#token-problem'))[0]).toMatch(/^The token is not valid/);
  });

  test('whoever has a token of the issuer, until it expires, and then with another', async () => {
    const issuer = await startIssuer();
    const memory = embeddedService();
    const { clock } = memory;
    const { http } = createServer({
      service: memory.service,
      authenticator: new OidcAuthenticator({
        issuer: issuer.url,
        audience,
        keys: issuerKeys({ issuer: issuer.url, get: issuerFetch({}), now: clock.now }),
        serviceAccounts: [],
        tenantClaim: 'tenant',
        now: clock.now,
      }),
      now: clock.now,
      bodyLimit: 1024 * 1024,
      requestsPerSecond: 1000,
      extend: (server) => addExplorer(server, { mode: 'writable' }),
    });
    await http.listen({ host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;
    const sign = (scope: string) =>
      issuer.sign({
        iss: issuer.url,
        aud: audience,
        sub: 'operator',
        tenant: 'mill',
        scope,
        exp: Math.floor(clock.now() / 1000) + 3600,
      });
    try {
      await tab.page.goto(`${url}/explorer#/memories?tier=mid`);
      await asks();
      await give(await sign('memory:read'));
      expect(await tab.texts('.state')).toEqual(['There is no such memory.']);
      // An issuer's clock may differ by a minute or so.
      clock.advance(2 * 3_600_000);
      await tab.follows(() => tab.press('Filter').then(() => asks()));
      expect((await tab.texts('#token-problem'))[0]).toMatch(/not valid, or not any more/);
      await give(await sign('memory:write'));
      expect((await tab.texts('.failure'))[0]).toContain('memory:read');
      await tab.press('Sign out');
      await asks();
      await give(await sign('memory:read'));
      expect(await tab.texts('h1')).toEqual(['Memories']);
      expect(await tab.page.evaluate('location.hash')).toBe('#/memories?tier=mid');
      const noLink = await http.inject({ method: 'POST', url: '/explorer/token', payload: { code: 'x' } });
      expect(noLink.statusCode).toBe(404);
    } finally {
      await http.close();
      await memory.close();
      await issuer.stop();
    }
  });
});
