/** Every command that a step may run is one that a real gcloud knows, with the flags that it has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusters } from '../environments/index.ts';
import type { Command } from './gcloud/command.ts';
import { Gcloud } from './gcloud/gcloud.ts';
import { lint, without } from './gcloud/lint.ts';
import { resourcesOf } from './resources.ts';
import { federationPool, federationProvider } from './steps/federation.ts';

let folder: string;
let gcloud: Gcloud;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
  gcloud = new Gcloud({ project: 'orchestra-dev', environment: { ...process.env, CLOUDSDK_CONFIG: folder } });
});
afterAll(() => rmSync(folder, { recursive: true }));

const project = {
  id: 'orchestra-dev',
  number: '123456789012',
  billingAccount: '000000-000000-000000',
  apis: new Set<string>(),
};
const resources = [
  ...resourcesOf({
    project,
    clusters: clusters().filter(({ environment }) => environment.name === 'dev'),
    given: () => undefined,
    now: () => Date.UTC(2026, 0, 1),
  }),
  federationPool(),
  federationProvider({ ownerId: '1', repositoryId: '2', branches: ['main', 'develop'] }),
];

/** To create, to bring back, to change each field, and to remove. */
const commands = resources.flatMap((resource): readonly Command[] => {
  const found = { fields: { ...resource.wanted, name: 'name' } };
  const updates = Object.entries(resource.wanted).flatMap(
    ([field, after]) => resource.update([{ field, before: undefined, after }], found) ?? [],
  );
  return [...resource.create(false), ...resource.create(true), ...updates, ...resource.remove(found)];
});

test('ids are unique, and needs are there', () => {
  const ids = resources.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(resources.flatMap(({ needs }) => needs).filter((need) => !ids.includes(need))).toEqual([]);
});

test('gcloud knows every command and flag', async () => {
  expect(commands.length).toBeGreaterThan(200);
  const { notices, refusals } = await lint(gcloud, commands);
  expect(refusals).toEqual([]);
  expect(notices).toEqual([]);
});

test('a flag that it lacks is left out where that is allowed, and said; else nothing may be run', async () => {
  const words = ['compute', 'networks', 'create', 'orchestra', '--subnet-mode=custom', '--quantum=on'];
  const command = { words, optional: { '--quantum': 'packets go one way at a time' } };
  const left = await lint(gcloud, [command]);
  expect(left.refusals).toEqual([]);
  expect(without(command, left.missing).words).toEqual(words.slice(0, -1));
  expect(left.notices).toEqual(['This gcloud has no --quantum: packets go one way at a time']);
  const refused = await lint(gcloud, [{ words }]);
  expect(refused.refusals).toMatchObject([{ said: expect.stringContaining('unrecognized arguments: --quantum=on') }]);
});
