/** What the real gcloud says when Google refuses, family by family: nothing but "not there" is taken for "not there". */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FailureKind, GcloudFailed } from './failure.ts';
import { Gcloud } from './gcloud.ts';

interface Answer {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly details?: readonly object[];
}

/** @see https://cloud.google.com/apis/design/errors */
const answers = {
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
const families: Readonly<Record<string, readonly string[]>> = {
  serviceusage: ['services', 'list', '--enabled'],
  cloudresourcemanager: ['projects', 'describe', 'orchestra-dev'],
  'project policy': ['projects', 'get-iam-policy', 'orchestra-dev'],
  billing: ['billing', 'projects', 'describe', 'orchestra-dev'],
  compute: ['compute', 'networks', 'describe', 'orchestra'],
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

let folder: string;
let server: Server;
let environment: NodeJS.ProcessEnv;
let answer: Answer | 'silence';
const leaks: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
  server = createServer((request, response) => {
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
  environment = {
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
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** The process alone: no second try, so that each failure is seen as it is. */
async function failing(words: readonly string[], timeout?: number): Promise<unknown> {
  const gcloud = new Gcloud({ project: 'orchestra-dev', environment });
  return gcloud
    .once({ words: [...words, '--format=json'], ...(timeout !== undefined && { timeout }) })
    .catch((error: unknown) => error);
}

describe.each(Object.entries(answers))('%s', (kind, given) => {
  test('is told for what it is by every family, and nothing leaves the machine', async () => {
    answer = given;
    // gcloud's storage commands try a 429 again themselves, for half a minute.
    const asked = Object.keys(families).filter((name) => !(kind === 'quota' && name === 'storage'));
    const names = [...asked];
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
    expect(seen).toEqual(Object.fromEntries(asked.map((name) => [name, kind])));
    expect(leaks).toEqual([]);
  });
});

test('an answer that does not come is a timeout, and says that a run goes on where it stopped', async () => {
  answer = 'silence';
  const failure = await failing(families.secretmanager ?? [], 3000);
  expect(failure).toMatchObject({ kind: 'timeout', fix: expect.stringContaining('waited for, not begun anew') });
});

test('a failure shows the command and never what it was given', async () => {
  answer = answers.denied;
  const gcloud = new Gcloud({ project: 'orchestra-dev', environment });
  const failure = await gcloud
    .once({
      words: ['secrets', 'versions', 'add', 'orchestra-openrouter-api-key', '--data-file=-'],
      input: async () => 'sk-very-secret',
    })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: 'denied',
    command: 'gcloud secrets versions add orchestra-openrouter-api-key --data-file=-',
  });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('sk-very-secret');
});
