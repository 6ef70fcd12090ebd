/** Three clusters, each with its own Argo CD, follow one repository: what reaches which of them, by which commit. */
import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ProjectCopy, projectCopy } from '../synth/testing/project-copy.ts';
import { installCrds } from '../testbed/crds/install.ts';
import { waitForSync } from '../testbed/servers/argocd/applications.ts';
import { type ArgoCd, startArgoCd } from '../testbed/servers/argocd/argocd.ts';
import { type GitRepository, gitRepository } from '../testbed/servers/git.ts';
import { KubernetesClient, type KubernetesResource } from '../testbed/servers/kubernetes/client.ts';
import { type Kubernetes, startKubernetes } from '../testbed/servers/kubernetes/kubernetes.ts';
import { skipped } from '../testbed/skip.ts';

const folders = { dev: 'dev', staging: 'staging', prod: 'prod-us-central1' } as const;
type Name = keyof typeof folders;
const names = Object.keys(folders) as Name[];

const [first, second] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);

/** A cluster and the Argo CD in it, which follows its own folder. */
interface Follower {
  readonly kubernetes: Kubernetes;
  readonly client: KubernetesClient;
  readonly argoCd: ArgoCd;
}

interface Deployment extends KubernetesResource {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { image: string }[];
        readonly terminationGracePeriodSeconds: number;
      };
    };
  };
}

describe.skipIf(skipped('etcd', 'kube-apiserver', 'redis-server', 'argocd', 'argocd-manifests'))(
  'three clusters',
  () => {
    let project: ProjectCopy;
    let repository: GitRepository;
    const followers = new Map<Name, Follower>();

    beforeAll(async () => {
      project = projectCopy();
      repository = await gitRepository();
      for (const name of names) followers.set(name, await follower());
    });
    afterAll(async () => {
      for (const { client, argoCd, kubernetes } of followers.values()) {
        client.close();
        await argoCd.stop();
        await kubernetes.stop();
      }
      await repository?.stop();
      project?.remove();
    });

    async function follower(): Promise<Follower> {
      const kubernetes = await startKubernetes();
      const client = new KubernetesClient(kubernetes);
      await installCrds(client, { groups: ['monitoring.googleapis.com'] });
      await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'superagi' } });
      const settings = {
        'argocd-cm': {
          'timeout.reconciliation': '1s',
          // Nothing rolls pods out here: what Argo CD applies is looked at, not whether pods start.
          ...Object.fromEntries(
            ['apps_Deployment', 'autoscaling_HorizontalPodAutoscaler', 'policy_PodDisruptionBudget'].map((kind) => [
              `resource.customizations.health.${kind}`,
              'return { status = "Healthy" }',
            ]),
          ),
        },
      };
      return { kubernetes, client, argoCd: await startArgoCd({ kubernetes, settings }) };
    }

    const object = (name: Name, file: string) =>
      parse(project.read(`dist/${folders[name]}/${file}`)) as KubernetesResource;

    /** Its own Application, as the project renders it, but for the address of the repository. */
    async function follow(name: Name) {
      const { metadata, spec, ...rest } = object(name, 'argocd/Application-memory.yaml');
      const { source, ...others } = spec as { source: object };
      await followers.get(name)?.client.apply({
        ...rest,
        metadata,
        spec: { ...others, project: 'default', source: { ...source, repoURL: repository.url, targetRevision: 'main' } },
      });
    }

    /**
     * Runs a command of the project, commits what it wrote, and pushes. This process goes on meanwhile: it reads the servers' logs.
     * @returns the commit
     */
    async function push(message: string, ...command: readonly string[]): Promise<string> {
      const { stderr } = await promisify(execFile)(join(project.folder, 'node_modules/.bin/node'), [...command], {
        cwd: project.folder,
      });
      expect(stderr).toBe('');
      project.commit(message);
      return repository.commit(
        (folder) => cpSync(join(project.folder, 'dist'), join(folder, 'dist'), { recursive: true }),
        message,
      );
    }

    /** What each cluster runs when its Argo CD has seen the commit and made the cluster so. */
    async function live(revision: string): Promise<Record<Name, { digest: string | undefined; grace: number }>> {
      const states = names.map(async (name) => {
        const { client } = followers.get(name) as Follower;
        await waitForSync(client, 'memory', { revision });
        const [deployment] = (await client.list('apps/v1', 'Deployment')).filter(
          ({ metadata }) => metadata.name === 'memory',
        );
        const { containers, terminationGracePeriodSeconds: grace } = (deployment as Deployment).spec.template.spec;
        return [name, { digest: containers[0]?.image.split('@')[1], grace }] as const;
      });
      return Object.fromEntries(await Promise.all(states)) as Record<
        Name,
        { digest: string | undefined; grace: number }
      >;
    }

    const build = (digest: string | undefined) =>
      project.edit('environments/releases/dev.json', /"memory": "[^"]*"/, `"memory": "${digest}"`);
    const old = { digest: first, grace: 60 };
    const fresh = { digest: second, grace: 61 };

    test('begin with the same release', async () => {
      build(first);
      await push('Build', 'main.ts', '--quiet');
      await push('Promote to staging', 'cli/promote.ts', '--from', 'dev', '--to', 'staging');
      const revision = await push('Promote to prod', 'cli/promote.ts', '--from', 'staging', '--to', 'prod');
      for (const name of names) await follow(name);
      expect(await live(revision)).toEqual({ dev: old, staging: old, prod: old });
    });

    test('a new digest and a changed chart are live in dev with their commit, and nowhere else', async () => {
      build(second);
      project.edit('charts/memory.ts', 'terminationGraceSeconds: 60', 'terminationGraceSeconds: 61');
      expect(await live(await push('Build and change', 'main.ts', '--quiet'))).toEqual({
        dev: fresh,
        staging: old,
        prod: old,
      });
    });

    test('staging has them with its promotion', async () => {
      const revision = await push('Promote to staging', 'cli/promote.ts', '--from', 'dev', '--to', 'staging');
      expect(await live(revision)).toEqual({ dev: fresh, staging: fresh, prod: old });
    });

    test('prod has them with its own, of the one application', async () => {
      const revision = await push(
        'Promote memory to prod',
        'cli/promote.ts',
        '--from',
        'staging',
        '--to',
        'prod',
        '--only',
        'memory',
      );
      expect(await live(revision)).toEqual({ dev: fresh, staging: fresh, prod: fresh });
    });

    test('a rollback of prod has the release before live again, in prod alone', async () => {
      const revision = await push('Roll back prod', 'cli/promote.ts', '--to', 'prod', '--rollback');
      expect(await live(revision)).toEqual({ dev: fresh, staging: fresh, prod: old });
    });
  },
);
