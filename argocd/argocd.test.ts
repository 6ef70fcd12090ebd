/** What Argo CD is told, looked at in dist/ as Argo CD reads it. */
import { describe, expect, test } from 'vitest';
import { buildSystem } from '../charts/index.ts';
import { type ApplicationName, applicationWaves, dataApplications } from '../charts/lib/application.ts';
import { secretUses } from '../charts/lib/external-secrets.ts';
import { namespaces } from '../charts/lib/namespaces.ts';
import { type Cluster, clusters } from '../environments/index.ts';
import type { Environment } from '../environments/schema.ts';
import { Duration } from '../environments/units.ts';
import type { Application, AppProject, ConfigMap, ExternalSecret } from '../imports/index.ts';
import { render } from '../synth/render.ts';
import type { KubernetesResource } from '../testbed/servers/kubernetes/client.ts';
import { root, type StoredObject, storedObjects } from '../testing/clusters.ts';
import { projectOf } from './projects.ts';

const of = <T>(objects: readonly StoredObject[], kind: string) =>
  objects.filter(({ object }) => object.kind === kind).map(({ object }) => object as unknown as T & KubernetesResource);
const groupKind = ({ apiVersion, kind }: KubernetesResource) =>
  `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`;
const listed = (kinds: readonly { group: string; kind: string }[] = []) =>
  kinds.map(({ group, kind }) => `${group}/${kind}`);
const distinct = (names: readonly string[]) => [...new Set(names)].sort();
const annotation = ({ metadata }: KubernetesResource, name: string) =>
  metadata.annotations?.[`argocd.argoproj.io/${name}`];

describe.each(clusters().map((cluster) => ({ folder: cluster.folder, cluster })))('$folder', ({ folder, cluster }) => {
  const objects = storedObjects(folder);
  const applications = of<Application>(objects, 'Application');
  const projects = of<AppProject>(objects, 'AppProject');
  const folders = distinct(objects.map(({ application }) => application));
  const named = (name: string) => {
    const found = applications.find(({ metadata }) => metadata.name === name);
    if (!found) throw new Error(`no Application ${name}`);
    return found;
  };

  test('has an Application for every folder, and no other, each in the wave of its folder', () => {
    expect(applications.map(({ metadata }) => metadata.name).sort()).toEqual(folders);
    for (const { metadata, spec, ...rest } of applications) {
      const name = metadata.name as ApplicationName;
      expect(spec.source).toEqual({
        repoURL: cluster.environment.gitops.repository,
        targetRevision: cluster.environment.gitops.revision,
        path: `dist/${folder}/${name}`,
      });
      expect(annotation({ metadata, ...rest }, 'sync-wave')).toBe(String(applicationWaves[name]));
    }
  });

  test('syncs by itself, prunes last, heals, and never empties a folder', () => {
    for (const { metadata, spec } of applications) {
      expect(spec.syncPolicy?.automated, metadata.name).toEqual({
        enabled: true,
        prune: true,
        selfHeal: true,
      });
      expect(spec.syncPolicy?.retry?.refresh).toBe(true);
      expect(spec.syncPolicy?.syncOptions).toEqual(expect.arrayContaining(['CreateNamespace=false', 'PruneLast=true']));
      expect(spec.destination.server).toBe('https://kubernetes.default.svc');
    }
  });

  test('the root comes last, manages itself, and is pruned by nobody', () => {
    const last = Math.max(...folders.map((name) => applicationWaves[name as ApplicationName]));
    expect(applicationWaves.argocd).toBe(last);
    expect(Object.values(applicationWaves).filter((wave) => wave === last)).toHaveLength(1);
    expect(annotation(named('argocd'), 'sync-options')).toBe('Prune=false,Delete=confirm');
    // What waves of the root wait for comes before the first Application; the ExternalSecret of a token never blocks.
    for (const { application, waves, object } of objects)
      if (application === 'argocd' && ['AppProject', 'ConfigMap'].includes(object.kind))
        expect(waves[1], object.metadata.name).toBeLessThan(0);
  });

  test('each project allows what its applications hold, and no more', () => {
    expect(distinct(applications.map(({ spec }) => spec.project))).toEqual(
      distinct(projects.map(({ metadata }) => metadata.name).filter((name) => name !== 'default')),
    );
    for (const { metadata, spec } of projects.filter(({ metadata }) => metadata.name !== 'default')) {
      const own = objects
        .filter(({ application }) => projectOf(application as ApplicationName) === metadata.name)
        .map(({ object }) => object);
      const namespaced = own.filter(({ metadata }) => metadata.namespace);
      const clusterWide = own.filter(({ metadata }) => !metadata.namespace);
      expect(listed(spec.namespaceResourceWhitelist), metadata.name).toEqual(distinct(namespaced.map(groupKind)));
      expect(listed(spec.clusterResourceWhitelist), metadata.name).toEqual(distinct(clusterWide.map(groupKind)));
      expect(spec.destinations, metadata.name).toEqual(
        distinct(namespaced.map(({ metadata }) => metadata.namespace ?? '')).map((namespace) => ({
          server: 'https://kubernetes.default.svc',
          namespace,
        })),
      );
      expect(spec.sourceRepos).toEqual([cluster.environment.gitops.repository]);
    }
    for (const { metadata, spec } of applications) {
      const project = projects.find((candidate) => candidate.metadata.name === spec.project);
      expect(
        project?.spec.destinations?.map(({ namespace }) => namespace),
        metadata.name,
      ).toContain(spec.destination.namespace);
    }
  });

  test('only the root may write where Argo CD is, only the platform makes namespaces, and the default project allows nothing', () => {
    const writers = (kind: string) =>
      projects.filter(({ spec }) => spec.clusterResourceWhitelist?.some((allowed) => allowed.kind === kind));
    expect(writers('Namespace').map(({ metadata }) => metadata.name)).toEqual(['platform']);
    expect(
      projects
        .filter(({ spec }) => spec.destinations?.some(({ namespace }) => namespace === 'argocd'))
        .map(({ metadata }) => metadata.name),
    ).toEqual(['argocd']);
    expect(projects.find(({ metadata }) => metadata.name === 'default')?.spec).toMatchObject({
      sourceRepos: [],
      destinations: [],
      clusterResourceWhitelist: [],
      namespaceResourceBlacklist: [{ group: '*', kind: '*' }],
    });
    expect(
      JSON.stringify(
        projects
          .filter(({ metadata }) => metadata.name !== 'default')
          .map(({ spec }) => ({
            ...spec,
            syncWindows: [],
          })),
      ),
    ).not.toContain('*');
  });

  test('what holds data is never pruned, and deleted only when a person confirms', () => {
    for (const { file, application, object } of objects) {
      const options = annotation(object, 'sync-options');
      if (['Namespace', 'PersistentVolumeClaim', 'StatefulSet'].includes(object.kind))
        expect(options, file).toBe('Prune=false,Delete=confirm');
      else if (dataApplications.includes(application as ApplicationName) && object.kind !== 'Job')
        expect(options, file).toBe('Prune=false');
    }
    expect(of(objects, 'StatefulSet').length).toBeGreaterThan(4);
    expect(
      of(objects, 'Namespace')
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual([...namespaces].sort());
  });

  test('an Application whose objects must outlive it has no finalizer, and its parent does not prune it', () => {
    const lasting = distinct([
      ...dataApplications,
      'platform',
      'secrets',
      'argocd',
      ...objects
        .filter(({ object }) => annotation(object, 'sync-options')?.includes('Delete=confirm'))
        .map(({ application }) => application),
    ]);
    for (const application of applications) {
      const { name, finalizers } = application.metadata as { name: string; finalizers?: string[] };
      expect(finalizers === undefined, name).toBe(lasting.includes(name));
      expect(annotation(application, 'sync-options') === 'Prune=false,Delete=confirm', name).toBe(
        lasting.includes(name),
      );
    }
    expect(lasting).toContain('superagi');
    expect(lasting).not.toContain('monitoring');
  });

  test('the API server says what would change, except where a Job is replaced', () => {
    for (const application of applications) {
      const { name } = application.metadata;
      const options = application.spec.syncPolicy?.syncOptions ?? [];
      const replaces = objects.some(
        (stored) => stored.application === name && annotation(stored.object, 'sync-options')?.includes('Replace=true'),
      );
      expect(replaces, name).toBe(name === 'backup');
      expect(annotation(application, 'compare-options'), name).toBe(`ServerSideDiff=${!replaces}`);
      expect(options.includes('ServerSideApply=true'), name).toBe(!replaces);
      expect(options.includes('ApplyOutOfSyncOnly=true'), name).toBe(replaces);
      const owned = replaces
        ? [{ group: 'batch', kind: 'Job', jsonPointers: ['/spec/suspend'] }]
        : [
            {
              group: 'argoproj.io',
              kind: 'Application',
              jsonPointers: ['/metadata/annotations/argocd.argoproj.io~1refresh', '/operation', '/status'],
            },
          ];
      expect(application.spec.ignoreDifferences, name).toEqual(replaces || name === 'argocd' ? owned : undefined);
      // It would start a restore by itself: see argocd/applications.ts.
      expect(options).not.toContain('RespectIgnoreDifferences=true');
    }
  });

  test("Argo CD's ConfigMaps have the label without which it does not read them", () => {
    const own = of<ConfigMap>(objects, 'ConfigMap').filter(({ metadata }) => metadata.namespace === 'argocd');
    expect(own.map(({ metadata }) => metadata.name)).toEqual([
      'argocd-cm',
      'argocd-cmd-params-cm',
      'argocd-notifications-cm',
      'argocd-rbac-cm',
    ]);
    for (const { metadata } of own)
      expect((metadata as { labels?: object }).labels).toMatchObject({ 'app.kubernetes.io/part-of': 'argocd' });
  });
});

describe('settings', () => {
  const [dev] = clusters();
  if (!dev) throw new Error('no cluster');
  const withGitops = (gitops: Partial<Environment['gitops']>): Cluster => ({
    ...dev,
    environment: { ...dev.environment, gitops: { ...dev.environment.gitops, ...gitops } },
  });
  const manifests = (cluster: Cluster) => render(buildSystem(cluster), root).map(({ manifest }) => manifest);
  const configMap = (cluster: Cluster, name: string) =>
    (
      manifests(cluster).find(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name,
      ) as unknown as ConfigMap
    ).data;

  test('a sync window holds for every application, and lets a person sync', () => {
    const window = { kind: 'allow', schedule: '0 8 * * 1-5', duration: Duration.minutes(90) } as const;
    const projects = manifests(withGitops({ syncWindow: window })).filter(({ kind }) => kind === 'AppProject');
    for (const { metadata, spec } of projects as unknown as AppProject[])
      if (metadata.name !== 'default')
        expect(spec.syncWindows).toEqual([
          {
            kind: 'allow',
            schedule: '0 8 * * 1-5',
            duration: '90m',
            timeZone: 'Etc/UTC',
            applications: ['*'],
            manualSync: true,
          },
        ]);
  });

  test('nobody is told anything by default, and no secret is asked for', () => {
    const data = configMap(withGitops({ notifications: { by: 'none' } }), 'argocd-notifications-cm');
    expect(Object.keys(data ?? {}).filter((key) => /^(service|subscriptions)/.test(key))).toEqual([]);
    expect(secretUses(buildSystem(dev)).filter(({ namespace }) => namespace === 'argocd')).toEqual([]);
  });

  test('Slack is told by a token that is in Secret Manager, and whose absence blocks no other application', () => {
    const cluster = withGitops({ notifications: { by: 'slack', channel: 'deployments' } });
    expect(configMap(cluster, 'argocd-notifications-cm')).toMatchObject({
      'service.slack': 'token: $slack-token\n',
      subscriptions: expect.stringContaining('"slack:deployments"'),
    });
    const secret = manifests(cluster).find(
      ({ kind, metadata }) => kind === 'ExternalSecret' && metadata.namespace === 'argocd',
    ) as unknown as ExternalSecret;
    expect(secret).toMatchObject({
      metadata: { annotations: { 'argocd.argoproj.io/sync-wave': String(applicationWaves.argocd) } },
      spec: {
        // Argo CD's installation makes the Secret.
        target: { name: 'argocd-notifications-secret', creationPolicy: 'Merge' },
        data: [{ remoteRef: { key: 'orchestra-argocd-notifications-secret-slack-token' } }],
      },
    });
    expect(JSON.stringify(manifests(cluster).find(({ kind }) => kind === 'ClusterSecretStore'))).toContain('"argocd"');
    expect(JSON.stringify(manifests(dev).find(({ kind }) => kind === 'ClusterSecretStore'))).not.toContain('"argocd"');
    expect(secretUses(buildSystem(cluster)).filter(({ namespace }) => namespace === 'argocd')).toHaveLength(1);
  });

  test('a webhook gets JSON', () => {
    const url = 'https://hooks.example.com/argocd';
    expect(configMap(withGitops({ notifications: { by: 'webhook', url } }), 'argocd-notifications-cm')).toMatchObject({
      'service.webhook.orchestra': expect.stringContaining(`url: "${url}"`),
      subscriptions: expect.stringContaining('"orchestra"'),
    });
  });
});
