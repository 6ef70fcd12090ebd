import { describe, expect, test } from 'vitest';
import { type EnvironmentObjects, sharedObjects } from './objects.ts';
import { DifferentObjects, sameCount, sameObjects } from './verify.ts';

const cluster = (environment: string, manifests: Readonly<Record<string, object>>) =>
  ({
    environment,
    files: Object.entries(manifests).map(([construct, manifest]) => ({
      path: `${environment}/store/x.yaml`,
      construct,
      manifest,
    })),
  }) as unknown as EnvironmentObjects;

const deployment = (spec: object, metadata = { name: 'a' }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec,
});

describe('sharedObjects', () => {
  test('leaves in place what is the same everywhere', () => {
    const manifest = deployment({ paused: false, list: [1, { a: 'b' }] });
    const [object] = sharedObjects([cluster('dev', { a: manifest }), cluster('prod', { a: manifest })]);
    expect(object).toMatchObject({ application: 'store', template: manifest, settings: [] });
  });

  test('makes a setting of each value that differs, where it stands', () => {
    const [object] = sharedObjects([
      cluster('dev', { a: deployment({ hosts: ['x', 'y'], extra: 1 }) }),
      cluster('prod', { a: deployment({ hosts: ['x', 'z'] }) }),
    ]);
    expect(object?.template.spec).toEqual({ hosts: ['x', '__setting1__'], extra: '__setting2__' });
    expect(object?.settings).toEqual([
      { name: 'setting1', path: ['spec', 'hosts', 1], values: { dev: 'y', prod: 'z' } },
      { name: 'setting2', path: ['spec', 'extra'], values: { dev: 1 } },
    ]);
  });

  test('makes one setting of lists that differ in length', () => {
    const [object] = sharedObjects([
      cluster('dev', { a: deployment({ hosts: ['x'] }) }),
      cluster('prod', { a: deployment({ hosts: ['x', 'z'] }) }),
    ]);
    expect(object?.settings).toMatchObject([{ values: { dev: ['x'], prod: ['x', 'z'] } }]);
  });

  test('takes from settings what charts take from values, even where it is the same', () => {
    const manifest = deployment({ template: { spec: { containers: [{ image: 'i' }] } } });
    const [object] = sharedObjects([cluster('dev', { a: manifest }), cluster('prod', { a: manifest })]);
    expect(object?.settings).toMatchObject([{ values: { dev: 'i', prod: 'i' } }]);
  });

  test('finds an object by its construct, also where its name differs or it is missing', () => {
    const found = sharedObjects([
      cluster('dev', { a: deployment({}, { name: 'job-1' }), b: deployment({}, { name: 'b' }) }),
      cluster('prod', { a: deployment({}, { name: 'job-2' }) }),
    ]);
    expect(found.map(({ manifests }) => Object.keys(manifests))).toEqual([['dev', 'prod'], ['dev']]);
    expect(found[0]?.settings).toMatchObject([{ path: ['metadata', 'name'] }]);
  });
});

describe('the comparison of objects', () => {
  const yaml = 'kind: A\nmetadata:\n  name: a\n---\nkind: B\nspec: {x: 1, y: [2]}\n';

  test('takes order and style of writing for nothing', () => {
    sameObjects('peer', '---\nspec:\n  y:\n  - 2\n  x: 1\nkind: B\n---\nkind: A\nmetadata: {"name": "a"}\n', yaml);
    sameCount('peer', yaml, 2);
  });

  test('refuses an object that differs, is missing or is too many', () => {
    expect(() => sameObjects('peer', yaml.replace('2', '3'), yaml)).toThrow(DifferentObjects);
    expect(() => sameObjects('peer', 'kind: A\nmetadata:\n  name: a\n', yaml)).toThrow(
      'does not render 1 of our objects',
    );
    expect(() => sameCount('peer', yaml, 3)).toThrow('peer renders 2 objects, and this project 3');
  });
});
