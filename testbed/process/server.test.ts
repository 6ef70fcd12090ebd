import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { answersOk } from './answers.ts';
import { freePort } from './port.ts';
import { createServerFolder, ServerNotStarted, type ServerSpec, startServer } from './server.ts';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const answer = "http.createServer((request, response) => response.end('ok')).listen(process.argv[1], '127.0.0.1')";

async function node(script: string, more: Partial<ServerSpec> = {}): Promise<ServerSpec> {
  const port = await freePort();
  return {
    name: 'test-server',
    command: process.execPath,
    args: ['--eval', script, String(port)],
    folder: await createServerFolder('test-server'),
    ready: () => answersOk(`http://127.0.0.1:${port}/`),
    ...more,
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a started server answers, in its own folder, and is gone after stop', async () => {
  const spec = await node(`console.log('my folder is ' + process.cwd()); ${answer}`);
  const server = await startServer(spec);
  expect(await spec.ready()).toBe(true);
  expect(readFileSync(server.logFile, 'utf8')).toContain(basename(spec.folder));

  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  expect(existsSync(spec.folder)).toBe(false);
  await server.stop();
});

test('a server that ends is an error with its exit code and the end of its log, at once', async () => {
  const spec = await node("console.log('starting'); console.error('port is taken'); process.exit(3)", {
    deadlineSeconds: 600,
  });
  const error = await startServer(spec).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ServerNotStarted);
  expect((error as Error).message).toBe(
    'test-server did not start: it ended with exit code 3. The end of its log:\nstarting\nport is taken',
  );
  expect(existsSync(spec.folder)).toBe(false);
});

test('a server that never gets ready is ended at its deadline', async () => {
  const spec = await node("console.log(process.pid); setInterval(() => console.log('still loading'), 10)", {
    ready: () => Promise.reject(new Error('refused')),
    deadlineSeconds: 0.5,
  });
  const error = (await startServer(spec).catch((error: unknown) => error)) as ServerNotStarted;
  expect(error.message).toMatch(/^test-server did not start: not ready after 0.5 s \(refused\)/);
  expect(error.message).toContain('still loading');
  expect(existsSync(spec.folder)).toBe(false);
});

test('a command that does not exist is named', async () => {
  const command = join(await createServerFolder('empty'), 'no-such-server');
  await expect(startServer(await node('', { command }))).rejects.toThrow(`spawn ${command} ENOENT`);
});

test('what a server has started itself ends with it', async () => {
  const port = await freePort();
  const child = `child_process.spawn(process.execPath, ['--eval', ${JSON.stringify(answer)}, '${port}'])`;
  const childAnswers = () => answersOk(`http://127.0.0.1:${port}/`);
  const server = await startServer(await node(`${child}; setInterval(() => {}, 1000)`, { ready: childAnswers }));
  expect(await childAnswers()).toBe(true);
  await server.stop();
  await vi.waitFor(async () => expect(await childAnswers()).toBe(false), { timeout: 30_000 });
});
