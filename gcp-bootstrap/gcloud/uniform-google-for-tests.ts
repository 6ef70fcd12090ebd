/** A Google that gives one answer to everything, and what the real gcloud says of it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FailureKind, GcloudFailed } from './failure.ts';
import { Gcloud } from './gcloud.ts';

interface Answer {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly details?: readonly object[];
}

/** @see https://cloud.google.com/apis/design/errors */
export const answers = {
  absent: { code: 404, status: 'NOT_FOUND', message: 'Resource projects/orchestra-dev/thing was not found' },
  denied: {
    code: 403,
    status: 'PERMISSION_DENIED',
    message: "Permission 'things.get' denied on resource 'projects/orchestra-dev/thing' (or it may not exist).",
  },
  'api-disabled': {
    code: 403,
    status: 'PERMISSION_DENIED',
    message:
      'The API has not been used in project 123456789012 before or it is disabled. Enable it by visiting the console then retry.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'SERVICE_DISABLED',
        domain: 'googleapis.com',
        metadata: { service: 'thing.googleapis.com', consumer: 'projects/123456789012' },
      },
    ],
  },
  unauthenticated: {
    code: 401,
    status: 'UNAUTHENTICATED',
    message: 'Request had invalid authentication credentials.',
  },
  quota: { code: 429, status: 'RESOURCE_EXHAUSTED', message: "Quota exceeded for quota metric 'Read requests'." },
} satisfies Partial<Record<FailureKind, Answer>>;

/** One read of each family that the steps read. */
export const families: Readonly<Record<string, readonly string[]>> = {
  serviceusage: ['services', 'list', '--enabled'],
  cloudresourcemanager: ['projects', 'describe', 'orchestra-dev'],
  'project policy': ['projects', 'get-iam-policy', 'orchestra-dev'],
  billing: ['billing', 'projects', 'describe', 'orchestra-dev'],
  compute: ['compute', 'networks', 'list'],
  // Lists of all regions end with 0 where they were refused.
  'compute, all regions': ['compute', 'routers', 'list'],
  container: ['container', 'clusters', 'describe', 'orchestra', '--location=us-central1'],
  artifactregistry: ['artifacts', 'repositories', 'describe', 'orchestra', '--location=us-central1'],
  secretmanager: ['secrets', 'versions', 'list', 'orchestra-memory-signing-key'],
  firestore: ['firestore', 'databases', 'describe', '--database=memory'],
  storage: ['storage', 'buckets', 'get-iam-policy', 'gs://orchestra-dev-orchestra-backups'],
  cloudkms: ['kms', 'keys', 'list', '--keyring=orchestra', '--location=us-central1'],
  dns: ['dns', 'record-sets', 'list', '--zone=googleapis'],
  iam: ['iam', 'service-accounts', 'describe', 'nodes@orchestra-dev.iam.gserviceaccount.com'],
  federation: ['iam', 'workload-identity-pools', 'describe', 'github', '--location=global'],
  certificatemanager: ['certificate-manager', 'maps', 'entries', 'list', '--map=orchestra'],
  gkebackup: ['beta', 'container', 'backup-restore', 'backup-plans', 'list', '--location=us-central1'],
  binaryauthorization: ['container', 'binauthz', 'policy', 'export'],
};

export type Kind = keyof typeof answers;

export interface UniformGoogle {
  /** To everything that is asked from now on. */
  answer: Answer | 'silence';
  /** Where gcloud went beside it: nowhere. */
  readonly leaks: readonly string[];
  readonly gcloud: Gcloud;
  /** The process alone: no second try, so that each failure is seen as it is. */
  failing(words: readonly string[], timeout?: number): Promise<unknown>;
  /** What each of these families takes the answer of a kind for: its kind, or more about what it is instead. */
  kindsOf(kind: Kind, names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  stop(): void;
}

/** gcloud's storage commands try a 429 again themselves, for half a minute. */
export const familiesOf = (kind: Kind): readonly string[] =>
  Object.keys(families).filter((name) => !(kind === 'quota' && name === 'storage'));

export async function startUniformGoogle(): Promise<UniformGoogle> {
  const leaks: string[] = [];
  let answer: Answer | 'silence' = 'silence';
  const folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
  const server = createServer((request, response) => {
    if (answer === 'silence') return;
    const { code } = answer;
    // compute, storage and dns answer in the older form.
    const errors = [
      { domain: 'global', reason: answer.details ? 'accessNotConfigured' : 'reason', message: answer.message },
    ];
    request.resume();
    response
      .writeHead(code, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { ...answer, errors } }));
  }).on('connect', (request, socket) => {
    leaks.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const apis = [
    'serviceusage',
    'cloudresourcemanager',
    'cloudbilling',
    'container',
    'artifactregistry',
    'secretmanager',
    'firestore',
    'storage',
    'cloudkms',
    'iam',
    'certificatemanager',
    'gkebackup',
    'binaryauthorization',
  ];
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    CLOUDSDK_CONFIG: folder,
    CLOUDSDK_AUTH_ACCESS_TOKEN: 'token',
    CLOUDSDK_CORE_CHECK_GCE_METADATA: 'false',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
    HTTPS_PROXY: base,
    https_proxy: base,
    NO_PROXY: '127.0.0.1,localhost',
    ...Object.fromEntries(apis.map((name) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name.toUpperCase()}`, base])),
    // References are made from the whole path of these two.
    CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: `${base}compute/v1/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS: `${base}dns/v1/`,
  };
  const gcloud = new Gcloud({ project: 'orchestra-dev', environment });
  const failing = (words: readonly string[], timeout?: number): Promise<unknown> =>
    gcloud
      .once({ words: [...words, '--format=json'], ...(timeout !== undefined && { timeout }) })
      .catch((error: unknown) => error);
  return {
    get answer() {
      return answer;
    },
    set answer(given) {
      answer = given;
    },
    leaks,
    gcloud,
    failing,
    async kindsOf(kind, given) {
      answer = answers[kind];
      const names = [...given];
      const seen: Record<string, string> = {};
      const next = async (): Promise<void> => {
        const name = names.shift();
        if (name === undefined) return;
        const failure = await failing(families[name] ?? []);
        seen[name] = failure instanceof GcloudFailed ? failure.kind : `no failure: ${String(failure).slice(0, 200)}`;
        if (seen[name] !== kind && failure instanceof GcloudFailed) seen[name] += `: ${failure.said.slice(0, 300)}`;
        return next();
      };
      await Promise.all([next(), next(), next()]);
      return seen;
    },
    stop() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    },
  };
}
