import { JsonPatch } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Application } from '../charts/lib/application.ts';
import { KubeObject } from '../charts/lib/object.ts';
import { System } from '../charts/lib/system.ts';
import { clusters } from '../environments/index.ts';
import { render } from './render.ts';

function application(): Application {
  const [cluster] = clusters();
  if (!cluster) throw new Error('no cluster');
  return new Application(new System(cluster), 'platform', '/repository/charts/example.ts');
}

const configMap = (chart: Application, name: string, namespace: string, id: string) =>
  new KubeObject(chart, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: {} }, { id });

describe('render', () => {
  test('writes one file an object, and says which chart and construct made it', () => {
    const chart = application();
    configMap(chart, 'settings', 'superagi', 'first');
    expect(render(chart.system, '/repository')).toMatchObject([
      { path: 'dev/platform/ConfigMap-settings.yaml', source: 'charts/example.ts', construct: 'platform/first' },
    ]);
  });

  test('puts the namespace in the names where two would be one file', () => {
    const chart = application();
    configMap(chart, 'settings', 'superagi', 'first');
    configMap(chart, 'settings', 'monitoring', 'second');
    configMap(chart, 'other', 'monitoring', 'third');
    expect(render(chart.system, '/repository').map(({ path }) => path)).toEqual([
      'dev/platform/ConfigMap-superagi-settings.yaml',
      'dev/platform/ConfigMap-monitoring-settings.yaml',
      'dev/platform/ConfigMap-other.yaml',
    ]);
  });

  test('refuses two objects on one path, and names both constructs', () => {
    const chart = application();
    configMap(chart, 'settings', 'superagi', 'first');
    configMap(chart, 'settings', 'superagi', 'second');
    expect(() => render(chart.system, '/repository')).toThrow(
      'two objects on one path: platform/first and platform/second',
    );
  });

  test('honours what cdk8s offers: later labels and annotations, and JSON patches', () => {
    const chart = application();
    const object = configMap(chart, 'settings', 'superagi', 'first');
    object.metadata.addLabel('team', 'platform');
    object.metadata.addAnnotation('note', 'x');
    expect(object.toJson()).toMatchObject({
      metadata: { labels: { team: 'platform' }, annotations: { note: 'x' } },
      data: {},
    });
    object.addJsonPatch(JsonPatch.add('/data', { key: 'value' }));
    expect(object.toJson()).toMatchObject({ data: { key: 'value' } });
  });
});
