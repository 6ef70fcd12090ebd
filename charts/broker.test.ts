import { expect, test } from 'vitest';
import { clusters } from '../environments/index.ts';
import { type Manifest, manifests } from '../testing/stand-ins.ts';
import { Broker } from './broker.ts';
import { System } from './lib/system.ts';

function build() {
  const [cluster] = clusters();
  if (!cluster) throw new Error('there is no environment');
  const system = new System(cluster);
  new Broker(system);
  const manifest = manifests(system);
  const pod = manifest('StatefulSet', 'superagi-broker').spec.template.spec;
  const config: string = manifest('ConfigMap', 'superagi-broker').data['redis.conf'];
  return { settings: system.environment.superagi.broker, pod, config };
}

test('accepted tasks outlive the pod, and a full broker refuses rather than forgets', () => {
  const { config, settings } = build();
  expect(config).toMatch(/^appendonly yes$/m);
  expect(config).toMatch(/^maxmemory-policy noeviction$/m);
  const megabytes = Number(/^maxmemory (\d+)mb$/m.exec(config)?.[1]);
  expect(megabytes * 1024).toBeLessThanOrEqual(settings.resources.memory.toKibibytes() * 0.75);
});

test('the password reaches Redis by a file in memory, never as an argument', () => {
  const { pod, config } = build();
  expect(config).toMatch(/^include \/credentials\/password.conf$/m);
  expect(config).not.toContain('requirepass');
  expect(pod.volumes).toContainEqual({ name: 'credentials', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
  const [redis] = pod.containers as Manifest[];
  expect(redis.command).toEqual(['/opt/redis-stack/bin/redis-server', '/etc/redis/redis.conf']);
  expect(redis.args).toBeUndefined();
});
