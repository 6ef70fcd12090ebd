import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** What a test process says after it has started one server and forgotten it. */
interface Report {
  readonly server: number;
  readonly watchdog: number;
  readonly folder: string;
}

const folder = import.meta.dirname;

/** Runs a process that starts a server, reports, and then does `then`. */
async function testProcess(then: string): Promise<{ child: ChildProcess; report: Report }> {
  const script = `
    import { execFileSync } from 'node:child_process';
    import { createServerFolder, startServer } from ${JSON.stringify(join(folder, 'server.ts'))};
    const server = await startServer({
      name: 'endless',
      command: process.execPath,
      args: ['--eval', 'setInterval(() => {}, 1000)'],
      folder: await createServerFolder('endless'),
      ready: async () => true,
    });
    const watchdog = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(server.pid)]));
    console.log(JSON.stringify({ server: server.pid, folder: server.folder, watchdog }));
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout as NonNullable<typeof child.stdout>), 'line');
  return { child, report: JSON.parse(line) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function expectAllGone({ server, watchdog, folder }: Report): Promise<void> {
  return vi.waitFor(
    () => expect([isAlive(server), isAlive(watchdog), existsSync(folder)]).toEqual([false, false, false]),
    { timeout: 30_000 },
  );
}

const forever = 'setInterval(() => {}, 1000);';

test('a test process that is killed takes its servers and folders with it', async () => {
  const { child, report } = await testProcess(forever);
  expect([isAlive(report.server), existsSync(report.folder)]).toEqual([true, true]);
  child.kill('SIGKILL');
  await expectAllGone(report);
});

test('a test process that forgets to stop its server still ends, and so does the server', async () => {
  const { child, report } = await testProcess('');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  await expectAllGone(report);
});

test('a test process whose watchdog is killed ends its servers itself', async () => {
  const { child, report } = await testProcess(forever);
  process.kill(report.watchdog, 'SIGKILL');
  await expectAllGone(report);
  expect(isAlive(child.pid as number)).toBe(true);
  child.kill('SIGKILL');
});
