/**
 * One Argo CD Application for each folder of the cluster. Argo CD's settings stand at the Application where they can, so that
 * they hold from the first sync on, whatever the ConfigMaps say by then.
 */
import type { ApiObject } from 'cdk8s';
import {
  type Application,
  type ApplicationName,
  applicationWaves,
  dataApplications,
} from '../charts/lib/application.ts';
import { argoCdNamespace } from '../charts/lib/namespaces.ts';
import { KubeObject } from '../charts/lib/object.ts';
import { protection, syncOptionsAnnotation } from '../charts/lib/protection.ts';
import type {
  ApplicationIgnoreDifference,
  Application as ArgoApplication,
  KubernetesObject,
} from '../imports/index.ts';
import { projectOf } from './projects.ts';

/** The cluster that Argo CD itself runs in. */
export const thisCluster = 'https://kubernetes.default.svc';

/** How one application is compared with the cluster and applied to it. */
interface Method {
  readonly compareOptions: string;
  readonly syncOptions: readonly string[];
  readonly ignoreDifferences?: readonly ApplicationIgnoreDifference[];
}

/**
 * The API server applies, and says in a dry run what would change: defaults and the fields of other managers are no difference.
 * What is gone from git goes last, when the rest is healthy.
 */
const standard: Method = {
  compareOptions: 'ServerSideDiff=true',
  syncOptions: ['CreateNamespace=false', 'PruneLast=true', 'ServerSideApply=true'],
};

const methods: Partial<Record<ApplicationName, Method>> = {
  argocd: {
    ...standard,
    // Argo CD's installation made these ConfigMaps with keys of its own. The migration would take them for ours, and remove
    // them. (The manual calls the option DisableClientSideApplyMigration=true; 3.2 reads this one.)
    syncOptions: [...standard.syncOptions, 'ClientSideApplyMigration=false'],
    // The controller's own. They come and go between its look at an Application and the dry run: the root would be out of sync,
    // and sync again, when another application does.
    ignoreDifferences: [
      {
        group: 'argoproj.io',
        kind: 'Application',
        jsonPointers: ['/metadata/annotations/argocd.argoproj.io~1refresh', '/operation', '/status'],
      },
    ],
  },
  backup: {
    // A changed restore Job is replaced, as its template is immutable. The dry run of an apply fails on that, and with it the
    // comparison of the whole application (argo-cd#29348).
    compareOptions: 'ServerSideDiff=false',
    // Only what differs is applied: otherwise any change in this folder would replace a restore Job while it runs.
    syncOptions: ['ApplyOutOfSyncOnly=true', 'CreateNamespace=false', 'PruneLast=true'],
    // Who starts a restore owns this field. Never add RespectIgnoreDifferences: it would keep `suspend: false` when a Job that
    // has run is replaced, and the new Job would restore by itself.
    ignoreDifferences: [{ group: 'batch', kind: 'Job', jsonPointers: ['/spec/suspend'] }],
  },
};

export function addApplications(scope: Application) {
  for (const { application, objects } of scope.system.applications) addApplication(scope, application, objects);
}

function addApplication(scope: Application, name: ApplicationName, objects: readonly ApiObject[]) {
  const { folder, environment } = scope.system.cluster;
  const lasting = outlivesItsApplication(name, objects);
  const { compareOptions, syncOptions, ignoreDifferences } = methods[name] ?? standard;
  const manifest: ArgoApplication = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: argoCdNamespace,
      annotations: {
        'argocd.argoproj.io/compare-options': compareOptions,
        ...(lasting && { [syncOptionsAnnotation]: 'Prune=false,Delete=confirm' }),
      },
      // With it, the objects go when the Application goes; without it, they stay.
      ...(!lasting && { finalizers: ['resources-finalizer.argocd.argoproj.io'] }),
    },
    spec: {
      project: projectOf(name),
      source: {
        repoURL: environment.gitops.repository,
        targetRevision: environment.gitops.revision,
        path: `dist/${folder}/${name}`,
      },
      destination: { server: thisCluster, namespace: mainNamespace(name, objects) },
      ...(ignoreDifferences && { ignoreDifferences }),
      syncPolicy: {
        // An empty folder is a mistake, not a wish: `allowEmpty` is false. Argo CD drops a false when it writes an Application, so
        // that one that is stated shows as a difference.
        automated: { enabled: true, prune: true, selfHeal: true },
        syncOptions,
        // Half an hour in all: permissions and operators take minutes to be there. A newer commit is taken up meanwhile.
        retry: { limit: 10, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
      },
    },
  };
  new KubeObject(scope, manifest, { wave: applicationWaves[name] });
}

/** Whether the objects stay when the Application goes: they hold data, or others cannot run without them. */
function outlivesItsApplication(application: ApplicationName, objects: readonly ApiObject[]): boolean {
  return (
    ['platform', 'secrets', 'argocd'].includes(application) ||
    dataApplications.includes(application) ||
    objects.some(({ kind }) => protection(kind as KubernetesObject['kind']) !== undefined)
  );
}

/** The namespace of most objects. Each object names its own; this one is for those that a person would add without one. */
function mainNamespace(application: ApplicationName, objects: readonly ApiObject[]): string {
  if (application === 'argocd') return argoCdNamespace;
  const namespaces = Map.groupBy(
    objects.flatMap(({ metadata }) => metadata.namespace ?? []),
    (namespace) => namespace,
  );
  const [first] = [...namespaces].sort(([a, own], [b, other]) => other.length - own.length || (a < b ? -1 : 1));
  if (!first)
    throw new Error(`${application} has no object in a namespace; say in argocd/applications.ts which is its own`);
  return first[0];
}
