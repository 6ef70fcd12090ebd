/** The bootstrap of dev on a fake Google Cloud, by the real gcloud: what tests and the soak share. */
import { type ChildProcess, spawn } from 'node:child_process';
import { clusters } from '../../environments/index.ts';
import type { Environment } from '../../environments/schema.ts';
import type { LoggedRequest } from '../../testbed/fake-gcp/request-log.ts';
import { type GoogleCloud, startFakeGoogleCloud } from '../../testbed/servers/google-cloud.ts';
import type { Resource } from '../engine/resource.ts';
import { Gcloud } from '../gcloud/gcloud.ts';
import { resourcesOf } from '../resources.ts';

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The request after which it was killed. */
  readonly killedAfter?: LoggedRequest;
}

export interface Rehearsal {
  readonly cloud: GoogleCloud;
  /** It waits ten milliseconds before each of two further tries. */
  readonly gcloud: Gcloud;
  /** @param change of the settings of dev. @default as they are */
  resources(change?: (environment: Environment) => Environment): readonly Resource[];
  /** `npm run bootstrap`, as a process. */
  run(...words: readonly string[]): Promise<Ended>;
  /**
   * The same, killed with its gclouds as soon as Google has done a request that is asked for, and before it is answered.
   * @param when given each request that could change something, and its number from 1
   */
  runKilled(when: (request: LoggedRequest, number: number) => boolean, ...words: readonly string[]): Promise<Ended>;
  /** The same with the part of dev that has every kind of step. */
  killPart(when: (request: LoggedRequest, number: number) => boolean): Promise<Ended>;
  stop(): Promise<void>;
}

/** A value that cannot be taken for anything else, wherever it turns up. */
export const openRouterKey = 'sk-or-rehearsal-only';

const command = 'cli/bootstrap.ts';

/** Operations end at once, until a test says otherwise. */
export async function startRehearsal(): Promise<Rehearsal> {
  const own = clusters().filter(({ environment }) => environment.name === 'dev');
  const cloud = await startFakeGoogleCloud({ project: own[0]?.environment.googleCloud.projectId ?? '' });
  cloud.operations.setLooks(0);
  const project = {
    id: cloud.project,
    number: cloud.projectNumber,
    billingAccount: '012345-678901-234567',
    apis: new Set<string>(),
  };
  const start = (file: string, words: readonly string[]): ChildProcess =>
    spawn(process.execPath, [file, ...words], {
      cwd: new URL('../..', import.meta.url),
      env: { ...cloud.environment, OPENROUTER_API_KEY: openRouterKey },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: a machine that goes down takes the gclouds with it.
      detached: true,
    });
  async function killed(when: Parameters<Rehearsal['killPart']>[0], child: ChildProcess): Promise<Ended> {
    let number = 0;
    let killedAfter: LoggedRequest | undefined;
    const end = cloud.onWrite((request) => {
      if (killedAfter !== undefined || !when(request, ++number)) return;
      killedAfter = request;
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    });
    const result = await ended(child);
    end();
    return { ...result, ...(killedAfter && { killedAfter }) };
  }
  return {
    cloud,
    gcloud: new Gcloud({ project: cloud.project, environment: cloud.environment, waits: [10, 10] }),
    resources: (change = (environment) => environment) =>
      resourcesOf({
        project,
        clusters: own.map((cluster) => ({ ...cluster, environment: change(cluster.environment) })),
        given: () => undefined,
        now: () => cloud.clock.now,
      }),
    run: (...words) => ended(start(command, words)),
    runKilled: (when, ...words) => killed(when, start(command, words)),
    killPart: (when) => killed(when, start('gcp-bootstrap/rehearsal/apply-part.ts', [])),
    stop: () => cloud.stop(),
  };
}

function ended(child: ChildProcess): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, ...output }));
  return promise;
}
