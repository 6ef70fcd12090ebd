/** What dist/ says a cluster has, beside what its Argo CD says. */
import type { LiveApplication, LiveObject } from './application.ts';

/** A sync, as Argo CD tells of it. */
export interface Operation {
  /** `Running`, `Succeeded`, `Failed`, `Error` or `Terminating`. */
  readonly phase: string;
  /** Commit that it applies. */
  readonly revision?: string;
  /** When it began, and when it ended (RFC 3339). */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** How often it has been tried again. */
  readonly retries: number;
  readonly message?: string;
}

/** How one application is. */
export interface ApplicationStatus {
  readonly application: string;
  /** `Synced`, `OutOfSync` or `Unknown`; `Missing` where the cluster has no such Application. */
  readonly sync: string;
  /** `Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing` or `Unknown`. */
  readonly health: string;
  /** Commit that runs: what the cluster was found equal to, or else what the last sync that succeeded has applied. */
  readonly running?: string;
  /** Commits to its folder since then, as far as this checkout knows. */
  readonly behind?: number;
  /** The last operation, which may still run. */
  readonly operation?: Operation;
  /** What keeps it from being synced and healthy. */
  readonly why: readonly string[];
}

export const isWell = ({ sync, health }: ApplicationStatus) => sync === 'Synced' && health === 'Healthy';

/**
 * @param expected names, in the order in which to say how they are
 * @param behind commits to an application's folder since a commit
 */
export function applicationStatuses(
  expected: readonly string[],
  live: readonly LiveApplication[],
  behind: (application: string, commit: string) => number | undefined,
): ApplicationStatus[] {
  const byName = new Map(live.map((application) => [application.metadata.name, application]));
  const unexpected = [...byName.keys()].filter((name) => !expected.includes(name)).sort();
  return [
    ...expected.map((name): ApplicationStatus => {
      const found = byName.get(name);
      if (found) return statusOf(found, behind);
      return { application: name, sync: 'Missing', health: 'Missing', why: ['git has it, the cluster does not'] };
    }),
    ...unexpected.map((name): ApplicationStatus => {
      const status = statusOf(byName.get(name) as LiveApplication, behind);
      return { ...status, sync: 'OutOfSync', why: ['the cluster has it, git does not', ...status.why] };
    }),
  ];
}

/** The folders of dist/ that the Applications follow. */
export function followedClusters(live: readonly LiveApplication[]): string[] {
  const paths = live.flatMap(({ spec }) => spec.source?.path ?? []);
  return [...new Set(paths.flatMap((path) => /^dist\/([^/]+)\//.exec(path)?.[1] ?? []))].sort();
}

function statusOf(
  { metadata, status = {} }: LiveApplication,
  behind: (application: string, commit: string) => number | undefined,
): ApplicationStatus {
  const running = status.sync?.status === 'Synced' ? status.sync.revision : status.history?.at(-1)?.revision;
  const operation = status.operationState && operationOf(status.operationState);
  return {
    application: metadata.name,
    sync: status.sync?.status ?? 'Unknown',
    health: status.health?.status ?? 'Unknown',
    ...(running && { running, behind: behind(metadata.name, running) }),
    ...(operation && { operation }),
    why: reasons(status),
  };
}

type OperationState = NonNullable<NonNullable<LiveApplication['status']>['operationState']>;

function operationOf({ phase, startedAt, finishedAt, retryCount = 0, message, syncResult }: OperationState): Operation {
  return {
    phase,
    ...(syncResult?.revision && { revision: syncResult.revision }),
    startedAt,
    ...(finishedAt && { finishedAt }),
    retries: retryCount,
    ...(message && { message }),
  };
}

function reasons({ conditions, resources, operationState, health }: NonNullable<LiveApplication['status']>): string[] {
  const found = (conditions ?? []).map(({ type, message }) => `${type}: ${message}`);
  // Where git could not be read or compared, what is said of the objects follows from that alone.
  const compared = conditions?.every(({ type }) => type !== 'ComparisonError') ?? true;
  for (const resource of resources ?? []) {
    if (compared && resource.health?.status === 'Missing') {
      found.push(`${nameOf(resource)}: in git, not in the cluster`);
      continue;
    }
    if (compared && resource.requiresPruning) found.push(`${nameOf(resource)}: in the cluster, not in git`);
    else if (compared && resource.status && resource.status !== 'Synced')
      found.push(`${nameOf(resource)}: ${resource.status}`);
    if (resource.health?.status && resource.health.status !== 'Healthy')
      found.push(
        [`${nameOf(resource)}: ${resource.health.status}`, resource.health.message].filter(Boolean).join(', '),
      );
  }
  if (operationState && operationState.phase !== 'Succeeded') {
    found.push(`sync ${operationState.phase}: ${operationState.message ?? 'no message'}`);
    for (const { status, message, ...resource } of operationState.syncResult?.resources ?? [])
      if (status === 'SyncFailed') found.push(`${nameOf(resource)}: ${message ?? status}`);
  }
  if (health?.status !== 'Healthy' && health?.message) found.push(health.message);
  return [...new Set(found)];
}

const nameOf = ({ kind, namespace, name }: LiveObject) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
