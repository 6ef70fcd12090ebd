/**
 * AppProjects: what the Applications may read, where they may write, and which kinds. All of it is computed from the objects
 * of the cluster, so that a kind or a namespace that is new shows in review as a change of a project.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
 */
import type { ApiObject } from 'cdk8s';
import { type Application, type ApplicationName, dataApplications } from '../charts/lib/application.ts';
import { argoCdNamespace } from '../charts/lib/namespaces.ts';
import { KubeObject } from '../charts/lib/object.ts';
import type { Environment } from '../environments/schema.ts';
import type { AppProjectSyncWindow } from '../imports/index.ts';
import { thisCluster } from './applications.ts';

/** The projects, each with what it is for. */
const projects = {
  argocd: 'Argo CD itself: who may write here may change what all others may do',
  platform: 'What the rest stands on: namespaces, quotas, classes, the way to Secret Manager',
  orchestra: 'What can be made again from git',
  'orchestra-data': 'What holds data',
} as const;

export type ProjectName = keyof typeof projects;

/** The project that an application belongs to. */
export function projectOf(application: ApplicationName): ProjectName {
  if (application === 'argocd' || application === 'platform') return application;
  return dataApplications.includes(application) ? 'orchestra-data' : 'orchestra';
}

/** A kind as a project names it; the core group has no name. */
interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

export function addProjects(scope: Application) {
  const { system } = scope;
  const { repository, syncWindow } = system.environment.gitops;
  for (const [name, description] of Object.entries(projects)) {
    const objects = system.applications
      .filter(({ application }) => projectOf(application) === name)
      .flatMap((application) => application.objects);
    const own = name === 'argocd' ? [{ group: 'argoproj.io', kind: 'AppProject' }] : [];
    const namespaced = objects.filter(({ metadata }) => metadata.namespace !== undefined);
    const clusterWide = objects.filter(({ metadata }) => metadata.namespace === undefined);
    const destinations = [...new Set(namespaced.map(({ metadata }) => metadata.namespace ?? ''))].sort();
    new KubeObject(scope, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name, namespace: argoCdNamespace },
      spec: {
        description,
        sourceRepos: [repository],
        destinations: destinations.map((namespace) => ({ server: thisCluster, namespace })),
        // Argo CD 3.2 knows kinds only: it cannot be told which namespaces may be made.
        clusterResourceWhitelist: distinct(clusterWide.map(groupKind)),
        namespaceResourceWhitelist: distinct([...own, ...namespaced.map(groupKind)]),
        ...(syncWindow.kind !== 'none' && { syncWindows: [window(syncWindow)] }),
      },
    });
  }
  emptyDefaultProject(scope);
}

/** Argo CD makes the project `default`, which allows everything; an Application without a project would be in it. */
function emptyDefaultProject(scope: Application) {
  new KubeObject(scope, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: argoCdNamespace },
    spec: {
      description: 'Allows nothing',
      sourceRepos: [],
      sourceNamespaces: [],
      destinations: [],
      clusterResourceWhitelist: [],
      namespaceResourceBlacklist: [{ group: '*', kind: '*' }],
    },
  });
}

function window({
  kind,
  schedule,
  duration,
}: Exclude<Environment['gitops']['syncWindow'], { kind: 'none' }>): AppProjectSyncWindow {
  const minutes = duration.toMinutes();
  return {
    kind,
    schedule,
    duration: minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`,
    timeZone: 'Etc/UTC',
    applications: ['*'],
    // A person can still put right what cannot wait.
    manualSync: true,
  };
}

const groupKind = ({ apiGroup, kind }: ApiObject): GroupKind => ({ group: apiGroup === 'core' ? '' : apiGroup, kind });

function distinct(kinds: readonly GroupKind[]): GroupKind[] {
  const byName = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
}
