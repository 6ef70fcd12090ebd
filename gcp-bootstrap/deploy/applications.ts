/** Waits for what Argo CD makes of git: every application of a cluster synced and healthy, at a commit. */
import type { LiveApplication } from '../../argocd/status/application.ts';
import { parseApplications } from '../../argocd/status/application.ts';
import { type ApplicationStatus, applicationStatuses, followedClusters, isWell } from '../../argocd/status/status.ts';
import { argoCdNamespace } from '../../charts/lib/namespaces.ts';
import type { Kubectl } from '../argo-cd/kubectl.ts';
import { StageFailed, type Tell } from './stage.ts';

export interface WaitOptions {
  readonly kubectl: Kubectl;
  /** The cluster's folder below dist/. */
  readonly folder: string;
  /** Names, in the order in which they come up. */
  readonly expected: readonly string[];
  /** Whether the commit that an application runs has in it what is waited for. */
  readonly has: (running: string) => Promise<boolean>;
  /** Milliseconds that it may take. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 5,000 */
  readonly interval?: number;
}

/** @throws {StageFailed} with what keeps each that is not well @throws {KubectlFailed} */
export async function waitForApplications(options: WaitOptions, tell: Tell): Promise<string> {
  const { kubectl, folder, expected, has, timeout, interval = 5000 } = options;
  const deadline = performance.now() + timeout;
  let told = '';
  for (;;) {
    const live = await applications(kubectl);
    const others = followedClusters(live).filter((other) => other !== folder);
    if (others.length > 0)
      throw new StageFailed(`this cluster follows dist/${others.join(', dist/')}, not dist/${folder}`, 'Choose --env.');
    const statuses = applicationStatuses(expected, live, () => undefined);
    const running = new Set(statuses.flatMap((one) => one.running ?? []));
    const late = new Set<string>();
    for (const commit of running) if (!(await has(commit))) late.add(commit);
    const waiting = statuses.filter((one) => !isWell(one) || isSyncing(one) || late.has(one.running ?? ''));
    const well = `${statuses.length - waiting.length} of ${statuses.length} applications are synced and healthy`;
    if (waiting.length === 0) return well;
    const line = `${well}; waiting for ${waiting.slice(0, 4).map(shortly).join(', ')}${waiting.length > 4 ? ' and more' : ''}`;
    if (line !== told) tell(line);
    told = line;
    if (performance.now() > deadline)
      throw new StageFailed(
        [`${well} after ${Math.round(timeout / 60_000)} minutes`, ...waiting.map(atLength)].join('\n'),
        `Read what it says of each; Argo CD goes on trying. More: npm run gitops -- status --env ${folder}, and docs/gitops.md. Then run the command again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

const list = ['get', 'applications.argoproj.io', '-n', argoCdNamespace, '-l', 'app.kubernetes.io/part-of=ai-orchestra'];

async function applications(kubectl: Kubectl): Promise<readonly LiveApplication[]> {
  return parseApplications(JSON.parse(await kubectl([...list, '-o', 'json'])));
}

/** Has Argo CD look at git now, and not within its two to three minutes. */
export async function refresh(kubectl: Kubectl): Promise<void> {
  const [, ...which] = list;
  await kubectl(['annotate', ...which, '--overwrite', 'argocd.argoproj.io/refresh=normal']);
}

const isSyncing = ({ operation }: ApplicationStatus) => operation?.phase === 'Running';

const shortly = ({ application, sync, health }: ApplicationStatus) =>
  `${application} (${sync === 'Synced' ? health : sync})`;

const atLength = ({ application, sync, health, running, why }: ApplicationStatus) =>
  `${application}: ${sync}, ${health}${running ? `, at ${running.slice(0, 8)}` : ''}${why.length > 0 ? `: ${why.slice(0, 3).join('; ')}` : ''}`;
