import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { answersOk } from '../process/answers.ts';
import { freePort } from '../process/port.ts';
import { createServerFolder, startServer } from '../process/server.ts';
import { unpackPackages } from '../provide/debian.ts';
import { provide } from '../provide/provide.ts';
import type { Provision } from '../provide/provision.ts';
import { runnable } from '../provide/unpacked.ts';

// Debian's /usr/bin/chromium is a script that reads settings of the system; this is the program.
const program = 'usr/lib/chromium/chromium';

/** The version is Debian 12's at the time of writing; any other does as well, as browsers change under everybody's feet. */
export const chromium: Provision = {
  name: 'chromium',
  version: '156.0.8078',
  versionArgs: ['--version'],
  alsoOnPath: 'any',
  advice: 'Install Chromium (Debian: apt-get install chromium).',
  make: (place) => unpackPackages(place, ['chromium', 'chromium-common'], program),
};

export interface TestBrowser {
  /** Driven over the DevTools protocol. `newPage()` opens a page; `createBrowserContext()` one without the others' cookies. */
  readonly browser: Browser;
  readonly pid: number;
  readonly logFile: string;
  /** Ends it with its pages, and removes its profile. Idempotent. */
  stop(): Promise<void>;
}

/** A headless Chromium with an empty profile, that calls nobody by itself. Throws NotProvided or ServerNotStarted. */
export async function startBrowser(): Promise<TestBrowser> {
  const { path } = await provide(chromium);
  const { command, args, env } = runnable(path, program);
  const folder = await createServerFolder('chromium');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'chromium',
    command,
    args: [
      ...args,
      '--headless',
      // The sandbox needs a user that is not root; it sees the pages of tests alone.
      ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
      ...[`--remote-debugging-port=${port}`, `--user-data-dir=${join(folder, 'profile')}`],
      'about:blank',
    ],
    // Where it would write outside of its profile.
    env: { ...env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    folder,
    ready: () => answersOk(`${url}/json/version`),
  });
  // Here, because the list of programs, which the command prints, need not wait for it.
  const { connect } = await import('puppeteer-core');
  const browser = await connect({ browserURL: url, defaultViewport: { width: 1280, height: 800 } }).catch(
    async (error: unknown) => {
      await server.stop();
      throw error;
    },
  );
  return {
    browser,
    pid: server.pid,
    logFile: server.logFile,
    stop: async () => {
      await browser.disconnect();
      await server.stop();
    },
  };
}
