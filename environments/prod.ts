import type { Environment } from './schema.ts';
import { Budget, Cpu, Duration, Size } from './units.ts';

/** What users rely on: three of what must survive the loss of a zone, and room to grow. */
export const prod: Environment = {
  name: 'prod',
  budget: Budget.usdPerMonth(2500),
  googleCloud: { projectId: 'orchestra-prod', artifactRegistry: 'us-central1' },
  regions: [{ location: 'us-central1', folder: 'prod-us-central1' }],
  cluster: {
    nodes: { min: 3, max: 10 },
    machineType: 'n2-standard-4',
    bootDisk: Size.gibibytes(100),
    spot: false,
    privateNodes: true,
    podRange: '10.4.0.0/14',
    serviceRange: '10.8.0.0/20',
    proxyOnlyRange: '10.9.0.0/23',
  },
  exposure: {
    by: 'gateway',
    domain: 'agents.example.com',
    staticAddress: 'orchestra',
    certificateMap: 'orchestra',
    iapClientId: '000000000000-orchestra.apps.googleusercontent.com',
  },
  superagi: {
    mode: 'PROD',
    replicas: 3,
    maxReplicas: 6,
    cpuTarget: 70,
    resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(2) },
    workers: {
      replicas: 2,
      maxReplicas: 4,
      cpuTarget: 70,
      concurrency: 4,
      resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(3) },
    },
    gui: { replicas: 2, resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) } },
    model: { apiBase: 'https://openrouter.ai/api/v1', summaries: 'openai/gpt-4o-mini', maxTokens: 4032 },
    workspace: Size.gibibytes(1024),
    postgresql: {
      volume: Size.gibibytes(20),
      maxConnections: 300,
      resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(2) },
    },
    broker: { volume: Size.gibibytes(10), resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(512) } },
  },
  dragonfly: {
    volume: Size.gibibytes(20),
    maxMemory: Size.gibibytes(1),
    threads: 2,
    snapshot: '*/15 * * * *',
    resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(2) },
  },
  mongodb: {
    members: 3,
    volume: Size.gibibytes(100),
    resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(4) },
  },
  weaviate: {
    replicas: 3,
    volume: Size.gibibytes(50),
    resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(4) },
    inference: { replicas: 2, resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(2) } },
  },
  memory: {
    replicas: 3,
    maxReplicas: 4,
    cpuTarget: 70,
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(512) },
    ttl: { short: Duration.hours(1), mid: Duration.days(1), long: Duration.days(30) },
    firestoreDatabase: 'memory',
  },
  mcp: {
    replicas: 2,
    maxReplicas: 4,
    cpuTarget: 70,
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) },
    model: { enabled: true, name: 'openai/gpt-4o-mini' },
  },
  backups: {
    dragonfly: { schedule: '5 3 * * *', retention: Duration.days(30) },
    mongodb: { schedule: '15 3 * * *', retention: Duration.days(30) },
    weaviate: { schedule: '25 3 * * *', retention: Duration.days(30) },
    postgresql: { schedule: '35 3 * * *', retention: Duration.days(30) },
  },
  monitoring: {
    enabled: true,
    interval: Duration.seconds(30),
    grafana: { resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(512) } },
  },
  gitops: {
    repository: 'https://github.com/example/ai-orchestra.git',
    revision: 'main',
    // From Friday 16:00 to Monday 06:00 UTC nothing changes by itself.
    syncWindow: { kind: 'deny', schedule: '0 16 * * 5', duration: Duration.hours(62) },
    notifications: { by: 'none' },
  },
};
