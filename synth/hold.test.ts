import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cluster, clusters } from '../environments/index.ts';
import { InvalidInput } from '../environments/problem.ts';
import { notYetBuilt, type Promotion } from '../environments/releases.ts';
import type { Committed } from './committed.ts';
import { type HeldCluster, hold } from './hold.ts';
import { type ClusterIndex, indexText, sha256 } from './index-file.ts';
import type { OutputFile } from './output.ts';
import type { RenderedCluster } from './synthesise.ts';

const prod = clusters().find(({ environment }) => environment.name === 'prod') as Cluster;
const { folder } = prod;
const id = (charts: string) => `sha256:${sha256(charts)}`;

/** A cluster of prod whose applications have one file each. */
function rendered(
  texts: Readonly<Record<string, string>>,
  promotion: Promotion,
  memory = notYetBuilt,
): RenderedCluster {
  const index: ClusterIndex = {
    cluster: folder,
    environment: 'prod',
    region: 'us-central1',
    applications: Object.fromEntries(Object.keys(texts).map((name) => [name, { wave: 1 }])),
    files: Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        `${name}/one.yaml`,
        { source: `charts/${name}.ts`, construct: name, sha256: sha256(text) },
      ]),
    ),
  };
  return {
    cluster: { ...prod, release: { ...prod.release, images: { ...prod.release.images, memory }, promotion } },
    index,
    files: [
      ...Object.entries(texts).map(([name, text]) => ({ path: `${folder}/${name}/one.yaml`, text })),
      { path: `${folder}/index.json`, text: indexText(index) },
    ],
    applications: [],
  };
}

const record = (applications: Readonly<Record<string, string>>): Promotion => ({
  release: 1,
  applications: Object.fromEntries(
    Object.entries(applications).map(([name, charts]) => [name, { release: 1, charts: id(charts) }]),
  ),
});

const stored = (files: readonly OutputFile[]): Committed => {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return {
    text: (path) => texts.get(path),
    has: (name) => [...texts.keys()].some((path) => path.startsWith(`${name}/`)),
  };
};

const settle = (cluster: RenderedCluster, dist: readonly OutputFile[], charts: string): HeldCluster =>
  hold([cluster], stored(dist), () => id(charts))[0] as HeldCluster;
const texts = ({ files }: Pick<RenderedCluster, 'files'>) => new Map(files.map(({ path, text }) => [path, text]));
const problemsOf = (body: () => unknown) => {
  try {
    body();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
};

describe('hold', () => {
  const before = rendered({ memory: 'a', gateway: 'b' }, record({ memory: 'old', gateway: 'old' }));

  test('lets a difference pass while the charts are those of the record: it comes of settings or digests', () => {
    const changed = rendered({ memory: 'A', gateway: 'b' }, record({ memory: 'old', gateway: 'old' }));
    expect(settle(changed, before.files, 'old')).toMatchObject({ held: [], files: changed.files });
  });

  test('keeps an application byte for byte where other charts would change it, and its lines of the index', () => {
    const changed = rendered({ memory: 'A', gateway: 'b' }, record({ memory: 'old', gateway: 'old' }));
    const settled = settle(changed, before.files, 'new');
    expect(settled.held).toEqual(['memory']);
    expect(texts(settled)).toEqual(texts(before));
  });

  test('decides for each application alone', () => {
    const changed = rendered({ memory: 'A', gateway: 'B' }, record({ memory: 'old', gateway: 'new' }));
    const settled = settle(changed, before.files, 'new');
    expect(settled.held).toEqual(['memory']);
    expect(texts(settled).get(`${folder}/gateway/one.yaml`)).toBe('B');
    expect(texts(settled).get(`${folder}/memory/one.yaml`)).toBe('a');
  });

  test('neither adds what charts bring nor removes what they drop', () => {
    const changed = rendered({ gateway: 'b', backup: 'c' }, record({ memory: 'old', gateway: 'old' }));
    const settled = settle(changed, before.files, 'new');
    expect(settled.held).toEqual(['backup', 'memory']);
    expect(texts(settled)).toEqual(texts(before));
  });

  test('removes what neither the charts nor the record have any more', () => {
    const changed = rendered({ gateway: 'b' }, record({ gateway: 'old' }));
    expect([...texts(settle(changed, before.files, 'new')).keys()]).toEqual([
      `${folder}/gateway/one.yaml`,
      `${folder}/index.json`,
    ]);
  });

  test('an environment that follows the charts is never held', () => {
    const { cluster } = before;
    const follows = { ...before, cluster: { ...cluster, release: { images: cluster.release.images, versions: {} } } };
    expect(settle(follows, [], 'new')).toMatchObject({ held: [], files: before.files });
  });

  test('does not ask what renders where nothing differs', () => {
    const asked = hold([before], stored(before.files), () => {
      throw new Error('asked');
    });
    expect(asked[0]?.held).toEqual([]);
  });

  test('names held files that are cut short, edited or gone, all together', () => {
    const changed = rendered({ memory: 'A', gateway: 'B' }, record({ memory: 'old', gateway: 'old' }));
    const damaged = before.files.flatMap((file) =>
      file.path.includes('/memory/') ? [{ ...file, text: '' }] : file.path.includes('/gateway/') ? [] : [file],
    );
    expect(problemsOf(() => settle(changed, damaged, 'new'))).toMatchObject([
      { path: `dist/${folder}/gateway/one.yaml`, given: 'no such file' },
      { path: `dist/${folder}/memory/one.yaml`, fix: `git checkout -- dist/${folder}/memory/one.yaml` },
    ]);
  });

  test('says so where what is held is nowhere, or its index is none', () => {
    const changed = rendered({ memory: 'A', gateway: 'b' }, record({ memory: 'old', gateway: 'old' }));
    for (const dist of [[], [{ path: `${folder}/index.json`, text: '{' }]])
      expect(problemsOf(() => settle(changed, dist, 'new'))).toMatchObject([
        { path: `dist/${folder}/index.json`, fix: expect.stringContaining('--from staging --to prod') },
      ]);
  });

  test('refuses a digest in the record that held files do not run: it would reach nothing', () => {
    const image = (digest: string) => `image: x/orchestra/memory@${digest}\n`;
    const [first, second] = [id('first'), id('second')];
    const promotion = record({ memory: 'old' });
    const was = rendered({ memory: image(first) }, promotion, first);
    const now = rendered({ memory: `new: chart\n${image(second)}` }, promotion, second);
    expect(problemsOf(() => settle(now, was.files, 'new'))).toMatchObject([
      { path: 'environments/releases/prod.json: images.memory', given: second },
    ]);
  });

  test('whatever is done in whatever order, prod has the charts that its record names, and changes only with its record or settings', () => {
    const names = ['memory', 'gateway', 'backup'] as const;
    const step = fc.oneof(
      fc.record({ charts: fc.constantFrom(...names), version: fc.nat(3) }),
      fc.record({ settings: fc.nat(3) }),
      fc.record({ promote: fc.subarray([...names], { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        // Version 0 is a chart that is not there.
        let charts: Readonly<Record<string, number>> = { memory: 1, gateway: 1, backup: 1 };
        let settings = 0;
        let heldBack = false;
        let promoted: Readonly<Record<string, { readonly all: string; readonly own: number }>> = {};
        let dist: readonly OutputFile[] = [];
        for (const what of [{ promote: [...names] }, ...steps]) {
          if ('charts' in what) charts = { ...charts, [what.charts]: what.version };
          else if ('settings' in what) settings = what.settings;
          else {
            const taken = what.promote.map(
              (name) => [name, { all: JSON.stringify(charts), own: charts[name] ?? 0 }] as const,
            );
            promoted = Object.fromEntries(
              Object.entries({ ...promoted, ...Object.fromEntries(taken) }).filter(([, { own }]) => own > 0),
            );
          }
          const now = names.filter((name) => charts[name]).map((name) => [name, `${name} ${charts[name]} ${settings}`]);
          const recorded = Object.entries(promoted).map(([name, { all }]) => [name, all]);
          const cluster = rendered(Object.fromEntries(now), record(Object.fromEntries(recorded)));
          const settled = settle(cluster, dist, JSON.stringify(charts));
          // A setting that came while charts were held waits for them: for their promotion, or for their way back.
          if ('charts' in what && !heldBack) expect(texts(settled)).toEqual(texts({ files: dist }));
          heldBack = settled.held.length > 0 && (heldBack || 'settings' in what);
          dist = settled.files;
          for (const name of names) {
            const [, version] = texts(settled).get(`${folder}/${name}/one.yaml`)?.split(' ') ?? [];
            expect(version).toBe(promoted[name] && String(promoted[name].own));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
