/**
 * Every setting of an environment, once: type, unit, default, bounds, meaning.
 *
 * An environment is total: each of these must be stated in its file. The default is what the deploy guide recommends and
 * what a new environment starts from; nothing is filled in silently.
 */
import * as z from 'zod';
import {
  budget,
  choice,
  cidr,
  count,
  cpu,
  cron,
  domain,
  duration,
  durationOrPermanent,
  flag,
  httpsUrl,
  percent,
  size,
  text,
} from './setting.ts';
import { Budget, Cpu, Duration, Size } from './units.ts';

const gi = (amount: number) => Size.gibibytes(amount);
const mi = (amount: number) => Size.mebibytes(amount);

/** What the scheduler sets aside for one container, and its memory limit. CPU is shared, so it has no limit. */
const resources = (what: string, cpus: Cpu, memory: Size) =>
  z.strictObject({
    cpu: cpu(Cpu.millis(10), Cpu.cores(64), { meaning: `CPU requested for ${what}`, default: cpus }),
    memory: size(mi(16), gi(512), { meaning: `Memory requested for ${what}, and its limit`, default: memory }),
  });

const replicas = (what: string, standard: number) =>
  count('pods', 1, 100, {
    meaning: `Pods of ${what} that run at all times`,
    default: standard,
    across: 'prod-at-least-staging',
  });

const maxReplicas = (what: string, standard: number) =>
  count('pods', 1, 200, { meaning: `Pods of ${what} the autoscaler may go up to`, default: standard });

const cpuTarget = (what: string) =>
  percent({
    meaning: `Average CPU use, of what is requested, at which the autoscaler adds pods of ${what}`,
    default: 70,
  });

const volume = (what: string, standard: Size) =>
  size(gi(1), gi(65_536), {
    meaning: `Volume of ${what}; it can grow, never shrink`,
    default: standard,
    across: 'prod-at-least-staging',
  });

const backup = (what: string) =>
  z.strictObject({
    schedule: cron({ meaning: `When ${what} is backed up`, default: '15 3 * * *' }),
    retention: duration(Duration.days(1), Duration.days(3650), {
      meaning: `How long a backup of ${what} is kept`,
      default: Duration.days(14),
      across: 'prod-at-least-staging',
    }),
  });

const region = z.strictObject({
  location: text(/^[a-z]+-[a-z]+[0-9]+$/, 'a Google Cloud region', 'us-central1', {
    meaning: 'Google Cloud region of the cluster',
    default: 'us-central1',
  }),
  folder: text(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'a folder name: lower-case letters, digits and dashes',
    'prod-us-central1',
    {
      meaning: "Folder below dist/ that holds this cluster's manifests",
    },
  ),
});

const googleCloud = z.strictObject({
  projectId: text(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    'a project id: 6 to 30 lower-case letters, digits and dashes',
    'orchestra-dev',
    {
      meaning: 'Google Cloud project that holds everything of this environment',
    },
  ),
  artifactRegistry: text(/^[a-z]+(-[a-z]+[0-9]+)?$/, 'a multi-region or region of Artifact Registry', 'us-central1', {
    meaning: 'Location of the Artifact Registry repository that our own images are pulled from',
    default: 'us-central1',
  }),
});

const cluster = z.strictObject({
  nodes: z.strictObject({
    min: count('nodes', 1, 1000, {
      meaning: 'Nodes that run at all times, over all zones',
      default: 2,
      across: 'prod-at-least-staging',
    }),
    max: count('nodes', 1, 1000, { meaning: 'Nodes the cluster autoscaler may go up to, over all zones', default: 10 }),
  }),
  machineType: text(/^[a-z][0-9][a-z]?-[a-z]+(-[0-9]+)?$/, 'a Compute Engine machine type', 'n2-standard-4', {
    meaning: 'Machine type of a node',
    default: 'n2-standard-4',
  }),
  bootDisk: size(gi(20), gi(2_000), { meaning: 'SSD boot disk of a node', default: gi(100) }),
  spot: flag({
    meaning:
      'Whether GUI and Celery workers may run on a pool of spot nodes, which Google can take away within 15 seconds',
    default: false,
  }),
  privateNodes: flag({
    meaning: 'Whether nodes have private addresses only and reach the Internet through Cloud NAT',
    default: true,
    devOnly: { is: (value) => !value, because: 'nodes with public addresses can be reached from the Internet' },
  }),
  podRange: cidr('10.4.0.0/14', { meaning: 'Secondary range of the pods', default: '10.4.0.0/14' }),
  serviceRange: cidr('10.8.0.0/20', { meaning: 'Secondary range of the Services', default: '10.8.0.0/20' }),
  proxyOnlyRange: cidr('10.9.0.0/23', {
    meaning: 'Proxy-only subnet of the Envoy-based load balancers',
    default: '10.9.0.0/23',
  }),
});

const superagi = z.strictObject({
  mode: choice(['PROD', 'DEV'], {
    meaning: "SuperAGI's own ENV: PROD asks for a login (GitHub OAuth); DEV lets everybody in as one user",
    default: 'PROD',
    devOnly: { is: (value) => value === 'DEV', because: 'it switches authentication off' },
  }),
  replicas: replicas('the SuperAGI backend', 3),
  maxReplicas: maxReplicas('the SuperAGI backend', 6),
  cpuTarget: cpuTarget('the SuperAGI backend'),
  resources: resources('one SuperAGI backend', Cpu.millis(500), gi(2)),
  workers: z.strictObject({
    replicas: replicas('the Celery worker', 2),
    maxReplicas: maxReplicas('the Celery worker', 6),
    cpuTarget: cpuTarget('the Celery worker'),
    concurrency: count('processes', 1, 64, {
      meaning: 'Agent steps that one Celery worker runs at a time',
      default: 4,
    }),
    resources: resources('one Celery worker', Cpu.millis(500), gi(3)),
  }),
  gui: z.strictObject({
    replicas: replicas('the GUI', 2),
    resources: resources('one GUI', Cpu.millis(100), mi(256)),
  }),
  model: z.strictObject({
    apiBase: httpsUrl('https://openrouter.ai/api/v1', {
      meaning: 'OpenAI-style endpoint that agents call for completions',
      default: 'https://openrouter.ai/api/v1',
    }),
    summaries: text(/^[A-Za-z0-9._:/-]{1,100}$/, 'a model id of that endpoint', 'openai/gpt-4o-mini', {
      meaning: 'Model that summarises the resources given to an agent',
      default: 'openai/gpt-4o-mini',
    }),
    maxTokens: count('tokens', 256, 1_000_000, {
      meaning: 'Token limit SuperAGI gives to a model call',
      default: 4032,
    }),
  }),
  workspace: size(gi(1024), gi(65_536), {
    meaning:
      'Shared volume (Filestore, ReadWriteMany) for the files that agents read and write; Filestore starts at 1Ti',
    default: gi(1024),
    across: 'prod-at-least-staging',
  }),
  postgresql: z.strictObject({
    volume: volume('PostgreSQL', gi(20)),
    maxConnections: count('connections', 100, 2_000, {
      meaning: 'Connections that PostgreSQL takes (max_connections); SuperAGI opens up to 70 per process',
      default: 300,
    }),
    resources: resources('PostgreSQL', Cpu.millis(500), gi(2)),
  }),
  broker: z.strictObject({
    volume: volume("Celery's broker", gi(10)),
    resources: resources("Celery's broker (Redis Stack)", Cpu.millis(100), mi(512)),
  }),
});

const dragonfly = z.strictObject({
  volume: volume('DragonflyDB snapshots', gi(20)),
  maxMemory: size(mi(256), gi(256), {
    meaning: 'Memory for data (--maxmemory); at least 256Mi a thread',
    default: gi(1),
  }),
  threads: count('threads', 1, 64, { meaning: 'Threads of DragonflyDB (--proactor_threads)', default: 2 }),
  snapshot: cron({
    meaning: 'When DragonflyDB writes a snapshot; what came after the last one is lost in a crash',
    default: '*/15 * * * *',
  }),
  resources: resources('DragonflyDB; its memory is at least 1.5 times maxMemory', Cpu.millis(500), gi(2)),
});

const mongodb = z.strictObject({
  members: count('members', 1, 7, {
    meaning: 'Members of the replica set: 1 has transactions and no failover, 3 survive the loss of a zone',
    default: 3,
    across: 'prod-at-least-staging',
  }),
  volume: volume('one MongoDB member', gi(100)),
  resources: resources('one MongoDB member', Cpu.millis(500), gi(2)),
});

const weaviate = z.strictObject({
  replicas: count('nodes', 1, 9, {
    meaning: 'Weaviate nodes; RAFT needs an odd number',
    default: 1,
    across: 'prod-at-least-staging',
  }),
  volume: volume('one Weaviate node', gi(50)),
  resources: resources('one Weaviate node', Cpu.millis(500), gi(4)),
  inference: z.strictObject({
    replicas: replicas('the text2vec-transformers inference', 1),
    resources: resources('one inference pod', Cpu.millis(500), gi(2)),
  }),
});

const memory = z.strictObject({
  replicas: replicas('the memory service', 2),
  maxReplicas: maxReplicas('the memory service', 6),
  cpuTarget: cpuTarget('the memory service'),
  resources: resources('one memory service', Cpu.millis(250), mi(512)),
  ttl: z.strictObject({
    short: duration(Duration.minutes(1), Duration.days(1), {
      meaning: 'Life of short-term memory, in DragonflyDB',
      default: Duration.hours(1),
    }),
    mid: duration(Duration.hours(1), Duration.days(30), {
      meaning: 'Life of mid-term memory, in MongoDB',
      default: Duration.days(1),
    }),
    long: durationOrPermanent(Duration.days(1), Duration.days(3650), {
      meaning: 'Life of long-term memory, in Firestore',
      default: Duration.days(30),
    }),
  }),
  firestoreDatabase: text(
    /^[a-z][a-z0-9-]{2,61}[a-z0-9]$/,
    'a Firestore database id: 4 to 63 lower-case letters, digits and dashes',
    'memory',
    {
      meaning: 'Firestore database of long-term memory',
      default: 'memory',
    },
  ),
});

const mcp = z.strictObject({
  replicas: replicas('each MCP server', 2),
  maxReplicas: maxReplicas('each MCP server', 4),
  cpuTarget: cpuTarget('each MCP server'),
  resources: resources('one MCP server', Cpu.millis(100), mi(256)),
  model: z.strictObject({
    enabled: flag({
      meaning: 'Whether a language model may propose a plan for a question the parser could not read',
      default: true,
    }),
    name: text(/^[A-Za-z0-9._:/-]{1,100}$/, 'a model id of OpenRouter', 'openai/gpt-4o-mini', {
      meaning: 'That model',
      default: 'openai/gpt-4o-mini',
    }),
  }),
});

const exposure = z.discriminatedUnion('by', [
  z.strictObject({
    by: choice(['gateway'], {
      meaning: 'How SuperAGI is reached: an HTTPS Gateway with IAP in front, or a plain LoadBalancer Service',
      default: 'gateway',
    }),
    domain: domain('agents.example.com', { meaning: 'Domain of SuperAGI' }),
    staticAddress: text(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a global static address', 'orchestra', {
      meaning: 'Global static address of the Gateway, by its name',
      default: 'orchestra',
    }),
    certificateMap: text(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a Certificate Manager map', 'orchestra', {
      meaning: 'Certificate Manager map with the certificate of the domain',
      default: 'orchestra',
    }),
    iapClientId: text(
      /^[0-9]+-[a-z0-9]+\.apps\.googleusercontent\.com$/,
      'an OAuth client id of Google Cloud',
      '123456789012-abc.apps.googleusercontent.com',
      {
        meaning:
          'OAuth client of Identity-Aware Proxy, which asks everybody for a Google login before SuperAGI is reached',
      },
    ),
  }),
  z.strictObject({
    by: choice(['load-balancer'], {
      meaning: 'How SuperAGI is reached: a plain LoadBalancer Service without HTTPS and without IAP',
    }),
    sourceRanges: z
      .array(
        cidr('203.0.113.0/24', {
          meaning: 'A range of addresses that may connect; nobody else can',
          devOnly: { is: (value) => value.endsWith('/0'), because: 'it opens SuperAGI to everybody' },
        }),
      )
      .min(1)
      .readonly(),
  }),
]);

const monitoring = z.strictObject({
  enabled: flag({
    meaning: 'Whether metrics are scraped, alerts evaluated and Grafana runs',
    default: true,
    across: 'prod-at-least-staging',
  }),
  interval: duration(Duration.seconds(5), Duration.minutes(5), {
    meaning: 'Time between two scrapes',
    default: Duration.seconds(30),
  }),
  grafana: z.strictObject({ resources: resources('Grafana', Cpu.millis(100), mi(512)) }),
});

const gitops = z.strictObject({
  repository: httpsUrl('https://github.com/example/ai-orchestra.git', {
    meaning: 'Git repository that Argo CD reads dist/ from',
  }),
  revision: text(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,98}[A-Za-z0-9])?$/, 'a branch', 'main', {
    meaning: 'Branch of it that the clusters follow',
    default: 'main',
  }),
  syncWindow: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: choice(['none'], {
        meaning: 'When Argo CD may sync: at any time (none), not within a window (deny), or only within one (allow)',
        default: 'none',
      }),
    }),
    z.strictObject({
      kind: choice(['deny', 'allow'], {
        meaning: 'When Argo CD may sync: not within a window (deny), or only within one (allow)',
      }),
      schedule: cron({ meaning: 'When the window opens', default: '0 16 * * 5' }),
      duration: duration(Duration.hours(1), Duration.days(7), {
        meaning: 'How long the window stays open; a sync that a person starts is allowed at any time',
        default: Duration.hours(62),
      }),
    }),
  ]),
  notifications: z.discriminatedUnion('by', [
    z.strictObject({
      by: choice(['none'], {
        meaning: 'Who hears of a failed sync, of degraded health and of what was deployed: nobody, Slack or a webhook',
        default: 'none',
      }),
    }),
    z.strictObject({
      by: choice(['slack'], { meaning: 'A Slack app, whose token is in Secret Manager' }),
      channel: text(/^[a-z0-9][a-z0-9_-]{0,79}$/, 'the name of a Slack channel, without #', 'deployments', {
        meaning: 'Slack channel that the app was invited to',
      }),
    }),
    z.strictObject({
      by: choice(['webhook'], { meaning: 'A POST of JSON' }),
      url: httpsUrl('https://hooks.example.com/argocd', {
        meaning: 'Where to; it stands in git, so it must not be a secret',
      }),
    }),
  ]),
});

/** An environment: dev, staging or prod. */
export const environment = z.strictObject({
  name: choice(['dev', 'staging', 'prod'], { meaning: 'Name of the environment' }),
  budget: budget({
    meaning: 'What the environment may cost; alerts are sent at 50, 90 and 100 %',
    default: Budget.usdPerMonth(600),
  }),
  googleCloud,
  regions: z.array(region).min(1).readonly(),
  cluster,
  exposure,
  superagi,
  dragonfly,
  mongodb,
  weaviate,
  memory,
  mcp,
  backups: z.strictObject({
    dragonfly: backup('DragonflyDB'),
    mongodb: backup('MongoDB'),
    weaviate: backup('Weaviate'),
    postgresql: backup('PostgreSQL'),
  }),
  monitoring,
  gitops,
});

type DeepReadonly<T> = T extends Size | Duration | Cpu | Budget | string | number | boolean
  ? T
  : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** A checked environment; every value is within its bounds. */
export type Environment = DeepReadonly<z.output<typeof environment>>;
/** One region of an environment: a cluster with its own folder in dist/. */
export type Region = Environment['regions'][number];
/** CPU and memory of one container. */
export type Resources = Environment['memory']['resources'];
