import { describe, expect, test } from 'vitest';
import { clusters, written } from './index.ts';
import { parseEnvironment } from './parse.ts';
import { InvalidInput } from './problem.ts';
import { settings } from './settings.ts';
import { Cpu, Duration, Size } from './units.ts';

type Tree = Record<string, unknown>;

/** An environment as written, with one value changed; `undefined` removes it. */
function changed(path: string, value: unknown, name: 'dev' | 'staging' | 'prod' = 'dev'): Tree {
  const copy = (at: unknown): unknown =>
    Array.isArray(at)
      ? at.map(copy)
      : at !== null && typeof at === 'object' && Object.getPrototypeOf(at) === Object.prototype
        ? Object.fromEntries(Object.entries(at).map(([key, child]) => [key, copy(child)]))
        : at;
  const tree = copy(written[name]) as Tree;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Tree>((at, key) => at[key] as Tree, tree);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return tree;
}

const problemsOf = (input: unknown) => parseEnvironment(input, 'dev').problems;

describe('parseEnvironment', () => {
  test.each(['dev', 'staging', 'prod'] as const)('accepts %s as it is', (name) => {
    expect(parseEnvironment(written[name], name).problems).toEqual([]);
  });

  test('tells every problem at once: where, what was given, what is allowed, what to do', () => {
    const input = changed('superagi.replicas', -1);
    (input.superagi as Tree).repicas = 3;
    (input.dragonfly as Tree).volume = '20Gi';
    (input.memory as Tree).ttl = undefined;
    expect(problemsOf(input)).toEqual([
      {
        path: 'dev.superagi.replicas',
        given: '-1',
        allowed: 'a whole number from 1 to 100',
        fix: 'write a number of pods, such as 3 (Pods of the SuperAGI backend that run at all times)',
      },
      expect.objectContaining({ path: 'dev.superagi.repicas', fix: "remove it, or write 'replicas'" }),
      expect.objectContaining({ path: 'dev.dragonfly.volume', given: "'20Gi'", allowed: 'a Size from 1Gi to 65536Gi' }),
      expect.objectContaining({ path: 'dev.memory.ttl', given: 'nothing', allowed: 'a group with short, mid, long' }),
    ]);
  });

  test('misses no setting: leaving any one out is a problem with its path', () => {
    const inOtherMode = new Set([
      'exposure.sourceRanges[*]',
      'gitops.syncWindow.schedule',
      'gitops.syncWindow.duration',
      'gitops.notifications.channel',
      'gitops.notifications.url',
    ]);
    for (const { path } of settings().filter((setting) => !inOtherMode.has(setting.path))) {
      const at = path.replace('[*]', '.0');
      const [first] = problemsOf(changed(at, undefined));
      expect(first?.path, path).toBe(`dev.${path === 'exposure.by' ? 'exposure.by' : path.replace('[*]', '[0]')}`);
      expect(first?.given).toBe('nothing');
    }
  });

  test.each([
    ['cluster.nodes.max', 1, 'dev.cluster.nodes.max'],
    ['superagi.maxReplicas', 1, 'dev.superagi.maxReplicas'],
    ['superagi.workers.maxReplicas', 0, 'dev.superagi.workers.maxReplicas'],
    ['dragonfly.threads', 8, 'dev.dragonfly.maxMemory'],
    ['dragonfly.resources.memory', Size.gibibytes(1), 'dev.dragonfly.resources.memory'],
    ['weaviate.replicas', 2, 'dev.weaviate.replicas'],
    ['mongodb.members', 2, 'dev.mongodb.members'],
    ['memory.ttl.mid', Duration.hours(1), 'dev.memory.ttl.mid'],
    ['memory.ttl.long', Duration.days(1), 'dev.memory.ttl.long'],
    ['regions.0.folder', 'prod', 'dev.regions[0].folder'],
    ['dragonfly.snapshot', 'hourly', 'dev.dragonfly.snapshot'],
    ['exposure.domain', 'Agents.example.com', 'dev.exposure.domain'],
    ['exposure', { by: 'load-balancer', sourceRanges: [] }, 'dev.exposure.sourceRanges'],
    ['mongodb.resources.cpu', 2, 'dev.mongodb.resources.cpu'],
  ])('refuses %s = %j', (path, value, where) => {
    expect(problemsOf(changed(path, value)).map((problem) => problem.path)).toContain(where);
  });

  test('lets long-term memory be permanent', () => {
    expect(problemsOf(changed('memory.ttl.long', 'permanent'))).toEqual([]);
  });

  test.each([null, 7, 'dev', [], undefined])('refuses %j as a whole', (input) => {
    expect(problemsOf(input).length).toBeGreaterThan(0);
  });
});

describe('the schema', () => {
  test('says the meaning, the unit and what is allowed of every setting', () => {
    expect(settings().length).toBeGreaterThan(80);
    for (const { path, info } of settings()) {
      expect(info.meaning, path).toMatch(/^[A-Z'].{5,}/);
      expect(info.allowed, path).not.toBe('');
    }
  });

  test('has defaults that it accepts itself', () => {
    for (const { path, info } of settings()) {
      if (info.default === undefined || path.startsWith('exposure')) continue;
      const refused = problemsOf(changed(path.replace('[*]', '.0'), info.default)).filter(
        (problem) => problem.path === `dev.${path.replace('[*]', '[0]')}` && problem.allowed === info.allowed,
      );
      expect(refused, path).toEqual([]);
    }
  });

  test("has the guide's figures as defaults", () => {
    const of = (path: string) => settings().find((setting) => setting.path === path)?.info.default;
    expect(of('superagi.replicas')).toBe(3);
    expect([of('cluster.nodes.min'), of('cluster.nodes.max'), of('cluster.machineType')]).toEqual([
      2,
      10,
      'n2-standard-4',
    ]);
    expect((of('memory.ttl.short') as Duration).toHours()).toBe(1);
    expect((of('memory.ttl.mid') as Duration).toDays()).toBe(1);
    expect((of('memory.ttl.long') as Duration).toDays()).toBe(30);
    expect(
      [of('dragonfly.volume'), of('mongodb.volume'), of('cluster.bootDisk')].map((size) => (size as Size).asString()),
    ).toEqual(['20Gi', '100Gi', '100Gi']);
  });
});

describe('between environments', () => {
  const broken = (environments: Record<string, unknown>, records?: Record<string, unknown>) => {
    try {
      clusters({ ...written, ...environments }, records);
    } catch (error) {
      if (error instanceof InvalidInput) return error.problems.map(({ path }) => path);
      throw error;
    }
    return [];
  };

  test('prod has at least what staging has', () => {
    expect(broken({ prod: changed('superagi.replicas', 2, 'prod') })).toEqual(['prod.superagi.replicas']);
    expect(broken({ prod: changed('mongodb.volume', Size.gibibytes(50), 'prod') })).toEqual(['prod.mongodb.volume']);
    expect(broken({ prod: changed('backups.mongodb.retention', Duration.days(1), 'prod') })).toEqual([
      'prod.backups.mongodb.retention',
    ]);
    expect(broken({ prod: changed('superagi.resources.cpu', Cpu.millis(100), 'prod') })).toEqual([]);
  });

  test('a switch for dev alone is refused elsewhere', () => {
    expect(broken({ dev: changed('superagi.mode', 'DEV') })).toEqual([]);
    expect(broken({ staging: changed('superagi.mode', 'DEV', 'staging') })).toEqual(['staging.superagi.mode']);
    expect(broken({ prod: changed('cluster.privateNodes', false, 'prod') })).toEqual(['prod.cluster.privateNodes']);
    expect(broken({ prod: changed('exposure', { by: 'load-balancer', sourceRanges: ['0.0.0.0/0'] }, 'prod') })).toEqual(
      ['prod.exposure.sourceRanges[0]'],
    );
  });

  test('no two clusters share a folder, and nobody shares a project with prod', () => {
    const staging = changed('googleCloud.projectId', 'orchestra-prod', 'staging');
    expect(broken({ staging })).toEqual(['staging.googleCloud.projectId']);
    const twoRegions = [
      { location: 'us-central1', folder: 'dev' },
      { location: 'us-central1', folder: 'dev' },
    ];
    expect(broken({ dev: changed('regions', twoRegions) })).toEqual(
      expect.arrayContaining(['dev.regions[1].folder', 'dev.regions[1].location']),
    );
  });

  test('each region of an environment is a cluster', () => {
    const regions = [
      { location: 'us-central1', folder: 'prod-us-central1' },
      { location: 'europe-west1', folder: 'prod-europe-west1' },
    ];
    expect(clusters({ ...written, prod: changed('regions', regions, 'prod') }).map(({ folder }) => folder)).toEqual([
      'dev',
      'staging',
      'prod-us-central1',
      'prod-europe-west1',
    ]);
  });

  test('a release record pins every image of ours by digest', () => {
    expect(broken({}, { dev: { images: { memory: 'latest' } }, staging: {}, prod: undefined })).toEqual(
      expect.arrayContaining([
        'environments/releases/dev.json: images.memory',
        'environments/releases/dev.json: images.superagi',
        'environments/releases/staging.json: images',
        'environments/releases/prod.json: the whole record',
      ]),
    );
  });
});
