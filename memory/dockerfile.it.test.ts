import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const nonroot = 65_532;
const folder = mkdtempSync(join(tmpdir(), 'memory-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every line of the Dockerfile that begins with the word, in order. */
const instructions = (word: string) =>
  readFileSync(join(import.meta.dirname, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1));

/** What `COPY a b to/` does, with the files of the repository. */
function copy(instruction: string): void {
  if (instruction.startsWith('--from=')) return;
  const words = instruction.split(' ');
  const target = words.at(-1) ?? '';
  for (const source of words.slice(0, -1)) {
    const isFolder = target.endsWith('/');
    const to = join(folder, target, isFolder ? (source.split('/').at(-1) ?? '') : '');
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(root, source), to, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the files that the image has are enough: it starts as nobody, writes nothing beside its data, and drains', async () => {
  for (const instruction of instructions('COPY')) copy(instruction);
  const [install = ''] = instructions('RUN');
  expect(install).toContain('npm ci --omit=dev');
  const [npm = '', ...args] = install.split(' ');
  const installed = spawnSync(npm, [...args, '--prefer-offline'], { cwd: folder, encoding: 'utf8' });
  expect(installed.status, installed.stderr).toBe(0);
  const made = readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8');
  expect(Object.keys(JSON.parse(made).packages)).not.toContain('node_modules/vitest');

  const data = mkdtempSync(join(tmpdir(), 'memory-data-'));
  spawnSync('chmod', ['-R', 'a-w,a+rX', folder]);
  chmodSync(data, 0o700);
  // Only root can become somebody else; whoever is not root is nobody enough.
  const identity = process.getuid?.() === 0 ? { uid: nonroot, gid: nonroot } : {};
  if ('uid' in identity) chownSync(data, nonroot, nonroot);
  const [command = '[]'] = instructions('CMD');
  const port = await freePort();
  const environment = { MEMORY_HTTP_PORT: String(port), MEMORY_SQLITE_PATH: join(data, 'memory.sqlite') };
  const child = spawn(process.execPath, JSON.parse(command), { cwd: folder, env: environment, ...identity });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const exited = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(([code]) => Promise.reject(new Error(`it ended with ${code}: ${errors}`))),
  ]);
  expect(JSON.parse(String(line))).toMatchObject({ message: `Memory listens on http://127.0.0.1:${port}` });
  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
  expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'up' }]);
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
  rmSync(data, { recursive: true });
});
