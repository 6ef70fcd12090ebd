import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../testbed/process/port.ts';
import { assembleImage } from '../testing/image.ts';

const image = assembleImage('memory/Dockerfile');
afterAll(() => image.remove());

test('the files that the image has are enough: it starts as nobody, writes nothing beside its data, and drains', async () => {
  expect(image.packages).toContain('fastify');
  expect(image.packages).not.toContain('vitest');
  const port = await freePort();
  const child = image.start({
    MEMORY_HTTP_PORT: String(port),
    MEMORY_SQLITE_PATH: join(image.volume, 'memory.sqlite'),
  });
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
});
