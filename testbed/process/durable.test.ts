import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { answersOk } from './answers.ts';
import { type Durable, durable } from './durable.ts';
import { freePort } from './port.ts';
import { createServerFolder, startServer } from './server.ts';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** Counts its starts in its data folder, and tells them. */
const script = `
  const file = process.argv[2] + '/starts';
  process.on('SIGTERM', () => { fs.appendFileSync(file, 'orderly end'); process.exit(); });
  fs.appendFileSync(file, '|');
  http.createServer((request, response) => response.end(fs.readFileSync(file))).listen(process.argv[1], '127.0.0.1')`;

let server: Durable | undefined;

afterEach(() => server?.stop());

interface Counting extends Durable {
  readonly data: string;
  starts(timeout?: number): Promise<number>;
}

async function counting(): Promise<Counting> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  let data = '';
  const made = await durable('counting', async (folder) => {
    data = folder;
    return startServer({
      name: 'counting',
      command: process.execPath,
      args: ['--eval', script, String(port), folder],
      folder: await createServerFolder('counting'),
      ready: () => answersOk(url),
    });
  });
  server = made;
  const starts = async (timeout = 30_000) =>
    (await (await fetch(url, { signal: AbortSignal.timeout(timeout) })).text()).length;
  return Object.assign(made, { data, starts });
}

test('a killed server is gone, and comes back at its address with its data', async () => {
  const counter = await counting();
  const { pid, logFile } = counter;
  await counter.kill();
  await counter.kill();
  await expect(counter.starts()).rejects.toThrow('fetch failed');
  expect([existsSync(logFile), existsSync(counter.data)]).toEqual([false, true]);

  await counter.restart();
  expect(await counter.starts()).toBe(2);
  expect(counter.pid).not.toBe(pid);
  expect(existsSync(counter.logFile)).toBe(true);
});

test('a server that is shut down ends in its own way', async () => {
  const counter = await counting();
  await counter.shutDown();
  expect(readFileSync(join(counter.data, 'starts'), 'utf8')).toBe('|orderly end');
  await expect(counter.shutDown()).rejects.toThrow('counting does not run');
});

test('a paused server takes connections and answers nothing until it goes on', async () => {
  const counter = await counting();
  await counter.pause();
  await expect(counter.starts(200)).rejects.toThrow(/timeout/);
  counter.resume();
  expect(await counter.starts()).toBe(1);
});

test('a paused server can be restarted, and stopped with its data', async () => {
  const counter = await counting();
  await counter.pause();
  await counter.restart();
  expect(await counter.starts()).toBe(2);
  await counter.pause();
  await counter.stop();
  expect(existsSync(counter.data)).toBe(false);
});

test('what does not run cannot be paused; what is stopped cannot be restarted', async () => {
  const counter = await counting();
  await counter.kill();
  await expect(counter.pause()).rejects.toThrow('counting does not run');
  await counter.stop();
  await expect(counter.restart()).rejects.toThrow('counting is stopped');
});

test('a server that does not start leaves no data behind', async () => {
  await expect(durable('failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('testbed-failing-data-'))).toEqual([]);
});
