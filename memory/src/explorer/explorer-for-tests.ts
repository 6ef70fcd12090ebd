import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '@ai-orchestra/configuration';
import type { Browser, Page } from 'puppeteer-core';
import { createMemoryClient, type MemoryClient } from '../client/client.ts';
import { memoryConfig } from '../config.ts';
import { runService } from '../run.ts';
import { createLog } from '../telemetry/log.ts';

/** A service with its explorer, as `npm start` runs it. */
export interface Served {
  readonly url: string;
  readonly token: string;
  readonly client: MemoryClient;
  /** Of the log; it works once. */
  readonly link: string;
  /** What the service has logged, a line each. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export async function serveExplorer(settings: Readonly<Record<string, string>> = {}): Promise<Served> {
  const path = join(mkdtempSync(join(tmpdir(), 'explorer-')), 'memory.sqlite');
  const parsed = parseEnvironment(memoryConfig, {
    MEMORY_SQLITE_PATH: path,
    MEMORY_RATE_LIMIT_PER_SECOND: '100000',
    ...settings,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const log: string[] = [];
  const write = createLog('debug', (line) => log.push(line));
  const running = await runService({ ...parsed.value, MEMORY_HTTP_PORT: 0 }, write);
  const token = readFileSync(`${path}.token`, 'utf8').trim();
  return {
    url: running.url,
    token,
    client: createMemoryClient({ baseUrl: running.url, token, attempts: 1 }),
    get link() {
      return log.map((line): unknown => JSON.parse(line).link).find((link) => typeof link === 'string') ?? '';
    },
    log,
    async stop() {
      await running.end();
    },
  };
}

/** A tab that looks at an explorer, and hears whatever the browser finds wrong with it. */
export class Tab {
  readonly page: Page;
  /** Errors and warnings of the console (violations of the page's policy among them), of scripts, and of the network. */
  readonly complaints: string[] = [];
  /** Every URL that was asked for. */
  readonly requested: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => this.requested.push(request.url()));
  }

  /** Of its own: it shares neither storage nor cookies with another. */
  static async open(browser: Browser): Promise<Tab> {
    const context = await browser.createBrowserContext();
    const tab = new Tab(await context.newPage());
    tab.page.setDefaultTimeout(60_000);
    return tab;
  }

  /** Loads the page, with a token as if somebody had given it. */
  async enter({ url, token }: { readonly url: string; readonly token: string }, hash = '#/'): Promise<void> {
    await this.page.evaluateOnNewDocument(
      `sessionStorage.getItem('memory-explorer-token') ?? sessionStorage.setItem('memory-explorer-token', ${JSON.stringify(token)})`,
    );
    await this.page.goto(`${url}/explorer${hash}`);
    await this.settled();
  }

  /** Goes to a view, as a link would. */
  async visit(hash: string): Promise<void> {
    await this.follows(() => this.page.evaluate(`location.hash = ${JSON.stringify(hash)}`));
  }

  /** Does what leads to another view, and waits until that is shown. */
  async follows(act: () => Promise<unknown>): Promise<void> {
    await this.page.evaluate("globalThis.before = document.querySelector('h1')");
    await act();
    await this.page.waitForFunction("document.querySelector('h1') !== globalThis.before");
    await this.settled();
  }

  /** Resolves when the view is there. */
  async settled(): Promise<void> {
    await this.page.waitForFunction("document.querySelector('h1') && !document.querySelector('[aria-busy]')");
  }

  /** Presses a button or follows a link, by its name as a screen reader says it. */
  async press(name: string): Promise<void> {
    await this.page.locator(`::-p-aria(${name})`).click();
  }

  /** Texts of the elements, in order. */
  async texts(selector: string): Promise<string[]> {
    return this.page.$$eval(selector, (found) => found.map((one) => one.textContent ?? ''));
  }

  async close(): Promise<void> {
    await this.page.browserContext().close();
  }
}
