import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { skipped } from '../skip.ts';

const starts = [
  { name: 'mongo-java-server', file: 'mongodb/mongodb.ts', start: 'startMongoDb' },
  { name: 'redis-server', file: 'dragonfly.ts', start: 'startDragonfly' },
  { name: 'firestore-emulator', file: 'firestore.ts', start: 'startFirestore' },
  { name: 'weaviate', file: 'weaviate.ts', start: 'startWeaviate' },
  { name: 'embeddings', file: 'embeddings/embeddings.ts', start: 'startEmbeddings' },
  { name: 'chromium', file: 'browser.ts', start: 'startBrowser' },
];

interface Started {
  readonly pid: number;
  readonly logFile: string;
}

let child: ChildProcess;

afterEach(() => child?.kill('SIGKILL'));

/** A test process that starts a server, freezes it where it can, says where it is, and stays. */
async function testProcess(file: string, start: string): Promise<Started> {
  const script = `
    import { ${start} } from ${JSON.stringify(join(import.meta.dirname, file))};
    const server = await ${start}();
    await server.pause?.();
    console.log(JSON.stringify({ pid: server.pid, logFile: server.logFile }));
    setInterval(() => {}, 1000);`;
  child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout as NonNullable<typeof child.stdout>), 'line');
  return JSON.parse(line);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.each(starts)('$start', ({ name, file, start }) => {
  test.skipIf(skipped(name))('ends with a test that is killed, also when it is paused', async () => {
    const { pid, logFile } = await testProcess(file, start);
    expect([isAlive(pid), existsSync(logFile)]).toEqual([true, true]);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect([isAlive(pid), existsSync(dirname(logFile))]).toEqual([false, false]), {
      timeout: 60_000,
    });
  });
});
