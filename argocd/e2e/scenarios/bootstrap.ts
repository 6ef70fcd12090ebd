import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ApplicationName, applicationWaves } from '../../../charts/lib/application.ts';
import { table } from '../../../cli/table.ts';
import { type ApplicationEvent, waitForSync } from '../../../testbed/servers/argocd/applications.ts';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';
import { storedObjects } from '../../../testing/clusters.ts';
import { timeLineFile } from '../../time-line/file.ts';
import { type TimeLine, timeTable } from '../../time-line/time-line.ts';
import { applicationNames, folder, type Installed } from '../installed.ts';
import { live, manifest } from '../live.ts';
import { statusCommand } from '../status-command.ts';

/** An object of dist/, and when the API server made it: to the second, as it says. */
interface Made {
  readonly file: string;
  readonly application: string;
  readonly waves: readonly [number, number];
  readonly at: number;
}

export function bootstrapScenario(dev: () => Installed) {
  describe('an empty cluster', () => {
    let events: readonly ApplicationEvent[];
    let made: readonly Made[];

    beforeAll(async () => {
      for (const file of ['AppProject-argocd.yaml', 'Application-argocd.yaml'])
        await dev().client.apply(manifest(dev(), `argocd/${file}`) as unknown as KubernetesResource);
      events = await waitForSync(dev().client, applicationNames, { deadlineSeconds: 600 });
      made = await Promise.all(
        storedObjects(folder).map(async ({ file, application, waves, object }) => {
          const { creationTimestamp } = ((await live(dev(), object))?.metadata ?? {}) as { creationTimestamp?: string };
          return { file, application, waves, at: Date.parse(creationTimestamp ?? '') };
        }),
      );
    });

    const of = (isMeant: (object: Made) => boolean) => {
      const found = made.filter(isMeant);
      expect(found.length).toBeGreaterThan(0);
      return found.map(({ at }) => at);
    };
    const last = (isMeant: (object: Made) => boolean) => Math.max(...of(isMeant));
    const first = (isMeant: (object: Made) => boolean) => Math.min(...of(isMeant));
    const waveOf = (application: string) => applicationWaves[application as ApplicationName];
    /** The bootstrap itself applies these, before Argo CD does. */
    const isGiven = ({ file }: Made) => /(AppProject|Application|ConfigMap)-argocd/.test(file);
    /** When an application was first seen to be well. */
    const wellAt = (name: string) => {
      const event = events.find(
        ({ application, sync, health, phase }) =>
          application === name && sync === 'Synced' && health === 'Healthy' && phase === 'Succeeded',
      );
      if (!event) throw new Error(`${name} was never well`);
      return event.time;
    };

    test('has every object of dist/, every application synced and healthy, after the root alone was applied', async () => {
      expect(made.filter(({ at }) => Number.isNaN(at)).map(({ file }) => file)).toEqual([]);
      const status = await statusCommand(dev());
      expect(status.table).toContain(`${applicationNames.length} of ${applicationNames.length} are synced and healthy`);
      expect(status.code).toBe(0);
    });

    test('comes up in the order of the waves between applications', () => {
      const waves = [...new Set(applicationNames.map(waveOf))].filter((wave) => wave !== applicationWaves.argocd);
      for (const wave of waves.slice(1)) {
        const before = (object: Made) => waveOf(object.application) < wave && object.application !== 'argocd';
        const from = (object: Made) => waveOf(object.application) === wave && object.application !== 'argocd';
        expect(last(before), `wave ${wave}`).toBeLessThanOrEqual(first(from));
      }
    });

    test('comes up in the order of the waves within each application', () => {
      for (const application of applicationNames) {
        const own = made.filter((object) => object.application === application && !isGiven(object));
        const waves = [...new Set(own.map((object) => object.waves[1]))].sort((a, b) => a - b);
        for (const wave of waves.slice(1)) {
          const before = (object: Made) => own.includes(object) && object.waves[1] < wave;
          const from = (object: Made) => own.includes(object) && object.waves[1] === wave;
          expect(last(before), `${application}, wave ${wave}`).toBeLessThanOrEqual(first(from));
        }
      }
    });

    test('has storage and secrets before data, data before services, and the migration before SuperAGI', () => {
      const application =
        (...names: string[]) =>
        (object: Made) =>
          names.includes(object.application);
      const stores = application('dragonfly', 'mongodb', 'weaviate', 'postgresql', 'broker');
      const services = application('memory', 'mcp-servers', 'superagi');
      expect(last(application('platform', 'secrets'))).toBeLessThanOrEqual(first(stores));
      expect(last(stores)).toBeLessThanOrEqual(first(services));
      const named = (pattern: RegExp) => (object: Made) => pattern.test(object.file);
      expect(last(named(/Job-superagi-migration/))).toBeLessThanOrEqual(first(named(/superagi\/Deployment/)));
    });

    test('waits: an application is made when those before it are healthy, not when they are applied', () => {
      for (const name of applicationNames.filter((name) => waveOf(name) > 0 && name !== 'argocd')) {
        const first = events.find(({ application }) => application === name)?.time ?? 0;
        for (const earlier of applicationNames.filter((other) => waveOf(other) < waveOf(name)))
          expect(wellAt(earlier), `${earlier} before ${name}`).toBeLessThanOrEqual(first);
      }
    });

    test('leaves a time line', async () => {
      const root = (
        await live(dev(), manifest(dev(), 'argocd/Application-argocd.yaml') as unknown as KubernetesResource)
      )?.metadata as { creationTimestamp?: string };
      const start = Date.parse(root.creationTimestamp ?? '');
      const since = (time: number) => Math.max(0, Math.round((time - start) / 100) / 10);
      const timeLine: TimeLine = {
        cluster: folder,
        applications: applicationNames.map((name) => {
          const own = made.filter((object) => object.application === name && !isGiven(object));
          const byWave = Map.groupBy(own, ({ waves }) => waves[1]);
          const synced = events.find(({ application, sync }) => application === name && sync === 'Synced');
          return {
            application: name,
            wave: waveOf(name),
            began: since(events.find(({ application }) => application === name)?.time ?? start),
            objects: [...byWave].map(([wave, objects]) => ({
              wave,
              made: since(Math.min(...objects.map(({ at }) => at))),
            })),
            synced: since(synced?.time ?? start),
            healthy: since(wellAt(name)),
          };
        }),
      };
      const { head, rows } = timeTable(timeLine);
      console.log(table(head, rows));
      mkdirSync(dirname(timeLineFile), { recursive: true });
      writeFileSync(timeLineFile, `${JSON.stringify(timeLine, null, 2)}\n`);
      expect(timeLine.applications.map(({ healthy }) => healthy)).not.toContain(0);
    });
  });
}
