import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../../testbed/process/port.ts';
import { assembleImage } from '../../../testing/image.ts';

const image = assembleImage('memory/Dockerfile');
afterAll(() => image.remove());

test('the image has the files of the explorer, and none that only tests need', async () => {
  const app = join(image.volume, '../app');
  const files = ['configuration/src', 'memory/src'].flatMap((folder) =>
    globSync('**/*.*', { cwd: join(app, folder) }).map((file) => join(folder, file)),
  );
  expect(files).toContain('memory/src/explorer/page/views/search.js');
  expect(files.filter((file) => /(\.test|-for-tests|-for-docs)\.ts$/.test(file))).toEqual([]);
  const ofTests = files.filter((file) => /from '(vitest|puppeteer-core)'/.test(readFileSync(join(app, file), 'utf8')));
  expect(ofTests).toEqual([]);

  const port = await freePort();
  const child = image.start({
    MEMORY_HTTP_PORT: String(port),
    MEMORY_SQLITE_PATH: join(image.volume, 'memory.sqlite'),
  });
  await once(createInterface(child.stdout), 'line');
  const origin = `http://127.0.0.1:${port}`;
  const page = await (await fetch(`${origin}/explorer`)).text();
  const named = [...page.matchAll(/(?:href|src)="(\/explorer\/[^"]+)"/g)].map(([, path]) => path);
  expect(named.length).toBeGreaterThanOrEqual(4);
  for (const path of named) expect((await fetch(`${origin}${path}`)).status, path).toBe(200);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
});
