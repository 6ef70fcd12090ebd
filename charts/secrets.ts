/** Every Secret, once. `npm run secrets` prints the list with who reads each key; the bootstrap makes the values from it. */
import { SecretSpec } from './lib/secret.ts';

const password = (meaning: string) => ({ meaning, origin: { generate: 32 } }) as const;

export const secrets = {
  dragonfly: new SecretSpec('dragonfly', { password: password('Password of DragonflyDB') }),
  mongodbKeyfile: new SecretSpec('mongodb-keyfile', {
    key: { meaning: 'Key by which the members of the replica set know each other', origin: { generate: 756 } },
  }),
  mongodbRoot: new SecretSpec('mongodb-root', {
    password: password('Password of the user root, for the initiation Job alone'),
  }),
  mongodbMemory: new SecretSpec('mongodb-memory', { password: password("Password of the memory service's user") }),
  mongodbMcp: new SecretSpec('mongodb-mcp', { password: password('Password of the read-only user of mcp-mongodb') }),
  mongodbExporter: new SecretSpec('mongodb-exporter', { password: password('Password of the metrics exporter') }),
  mongodbBackup: new SecretSpec('mongodb-backup', { password: password('Password of the user that dumps') }),
  mongodbRestore: new SecretSpec('mongodb-restore', { password: password('Password of the user that restores') }),
  weaviate: new SecretSpec('weaviate', {
    'admin-key': password('API key of the root user, for set-up, backup and restore'),
    'memory-key': password('API key of the memory service'),
    'mcp-key': password('API key of mcp-weaviate, read only'),
  }),
  weaviateCluster: new SecretSpec('weaviate-cluster', { password: password('Password between the nodes of Weaviate') }),
  postgresql: new SecretSpec('postgresql', { password: password("Password of SuperAGI's user") }),
  broker: new SecretSpec('superagi-broker', {
    password: password("Password of Celery's broker: who may write to it can run code in the workers"),
  }),
  superagi: new SecretSpec('superagi', {
    'jwt-secret': password('Signs the login tokens of SuperAGI'),
    'encryption-key': {
      meaning:
        'Encrypts the API keys that SuperAGI stores: exactly 32 characters; a new value makes stored keys unreadable',
      origin: { generate: 32 },
    },
    'github-client-id': {
      meaning: 'OAuth app for the login',
      origin: { provided: 'GitHub, Settings, Developer settings, OAuth Apps' },
    },
    'github-client-secret': {
      meaning: 'OAuth app for the login',
      origin: { provided: 'GitHub, Settings, Developer settings, OAuth Apps' },
    },
  }),
  openrouter: new SecretSpec('openrouter', {
    'api-key': {
      meaning: 'Language models',
      origin: { provided: 'OPENROUTER_API_KEY, from https://openrouter.ai/keys' },
    },
  }),
  iap: new SecretSpec('iap', {
    // GCPBackendPolicy reads a Secret with exactly one key.
    'client-secret': {
      meaning: 'OAuth client of Identity-Aware Proxy',
      origin: { provided: 'Google Cloud console, APIs and services, Credentials' },
    },
  }),
  memory: new SecretSpec('memory', {
    'signing-key': password('Signs the cursors, consistency tokens and receipts of the memory service'),
  }),
  mcpCursor: new SecretSpec('mcp-cursor', { key: password('Signs the cursors and the state that MCP clients carry') }),
  // Argo CD makes this Secret empty, and reads it by this name.
  argoCdNotifications: new SecretSpec('argocd-notifications-secret', {
    'slack-token': {
      meaning: 'Slack app that tells of deployments',
      origin: { provided: 'https://api.slack.com/apps, OAuth & Permissions: bot token with the scope chat:write' },
    },
  }),
  grafana: new SecretSpec('grafana', { password: password('Password of the Grafana user admin') }),
} as const;
