import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkVariables, describeVariables, parseEnvironment } from '@ai-orchestra/configuration';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { explorerOf, memoryConfig } from './config.ts';

const fromSecret = { secret: true } as const;

const tiers = {
  MEMORY_STORE: 'tiers',
  DRAGONFLY_HOST: 'dragonfly',
  DRAGONFLY_PASSWORD: 'dragonfly-password',
  MONGODB_HOSTS: 'mongodb-0.mongodb,mongodb-1.mongodb',
  MONGODB_USER: 'memory',
  MONGODB_PASSWORD: 'mongodb-password',
  FIRESTORE_PROJECT: 'orchestra-dev',
  WEAVIATE_HTTP_HOST: 'weaviate',
  WEAVIATE_API_KEY: 'weaviate-key',
};

const oidc = {
  MEMORY_AUTHENTICATION: 'oidc',
  MEMORY_OIDC_ISSUER: 'https://container.googleapis.com/v1/projects/p/locations/l/clusters/c',
  MEMORY_SERVICE_ACCOUNTS: 'superagi/superagi=agents,superagi/mcp-memory=*',
  MEMORY_SIGNING_KEY: 'k'.repeat(32),
};

function pathsOf(environment: Record<string, string>) {
  const parsed = parseEnvironment(memoryConfig, environment);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('memoryConfig', () => {
  it('needs nothing on a laptop: one file, this machine only, no metrics, no model', () => {
    expect(parseEnvironment(memoryConfig, {})).toMatchObject({
      ok: true,
      value: {
        MEMORY_STORE: 'embedded',
        MEMORY_HTTP_HOST: '127.0.0.1',
        MEMORY_HTTP_PORT: 8080,
        MEMORY_AUTHENTICATION: 'local',
        MEMORY_EMBEDDER: 'none',
        MEMORY_SHORT_TTL_SECONDS: 3600,
        MEMORY_MID_TTL_SECONDS: 86_400,
        MEMORY_LONG_TTL_SECONDS: 2_592_000,
      },
    });
  });

  it('says of every variable what it means and what it allows', () => {
    for (const variable of describeVariables(memoryConfig)) {
      expect(variable, variable.name).toMatchObject({
        meaning: expect.stringMatching(/\.$/),
        allowed: expect.stringMatching(/./),
      });
    }
  });

  it('reads every default as it describes it', () => {
    for (const { name, default: text } of describeVariables(memoryConfig)) {
      if (text === undefined) continue;
      const field = memoryConfig.shape[name as keyof typeof memoryConfig.shape];
      expect(field.parse(text), name).toEqual(field.parse(undefined));
    }
  });

  it('names every store that is missing from MEMORY_STORE=tiers at once', () => {
    expect(pathsOf({ MEMORY_STORE: 'tiers' })).toEqual(Object.keys(tiers).filter((name) => name !== 'MEMORY_STORE'));
    expect(pathsOf(tiers)).toEqual([]);
  });

  it.each(['transformers', 'openai'])('needs URL, model and dimensions of embedder %s', (embedder) => {
    expect(pathsOf({ MEMORY_EMBEDDER: embedder })).toEqual([
      'MEMORY_EMBEDDER_URL',
      'MEMORY_EMBEDDER_MODEL',
      'MEMORY_EMBEDDER_DIMENSIONS',
    ]);
  });

  it('listens beyond this machine only with tokens', () => {
    expect(pathsOf({ MEMORY_HTTP_HOST: '0.0.0.0' })).toEqual(['MEMORY_HTTP_HOST']);
    expect(pathsOf({ MEMORY_HTTP_HOST: '0.0.0.0', ...oidc })).toEqual([]);
  });

  it('needs to know whose data a token may touch', () => {
    const { MEMORY_SERVICE_ACCOUNTS: _, ...nobody } = oidc;
    expect(pathsOf(nobody)).toEqual(['MEMORY_SERVICE_ACCOUNTS']);
    expect(pathsOf({ ...nobody, MEMORY_TENANT_CLAIM: 'tenant' })).toEqual([]);
  });

  it('lets each tier live longer than the one before', () => {
    expect(pathsOf({ MEMORY_SHORT_TTL_SECONDS: '86400' })).toEqual(['MEMORY_MID_TTL_SECONDS']);
    expect(pathsOf({ MEMORY_LONG_TTL_SECONDS: '86400' })).toEqual(['MEMORY_LONG_TTL_SECONDS']);
    expect(pathsOf({ MEMORY_LONG_TTL_SECONDS: 'permanent' })).toEqual([]);
    expect(pathsOf({ MEMORY_LONG_TTL_SECONDS: 'forever' })).toEqual(['MEMORY_LONG_TTL_SECONDS']);
  });

  it('keeps metrics on a port of their own', () => {
    expect(pathsOf({ MEMORY_METRICS_PORT: '8080' })).toEqual(['MEMORY_METRICS_PORT']);
    expect(pathsOf({ MEMORY_METRICS_PORT: '9464' })).toEqual([]);
  });

  it('is not harmed by what Kubernetes sets for a Service named memory, other than to say so', () => {
    expect(pathsOf({ MEMORY_PORT: 'tcp://10.0.0.1:8080' })).toEqual(['MEMORY_PORT']);
  });

  it('takes exactly the passwords and keys as secrets', () => {
    const secrets = describeVariables(memoryConfig).filter(({ secret }) => secret);
    expect(secrets.map(({ name }) => name)).toEqual([
      'DRAGONFLY_PASSWORD',
      'MONGODB_PASSWORD',
      'WEAVIATE_API_KEY',
      'MEMORY_EMBEDDER_API_KEY',
      'MEMORY_SIGNING_KEY',
    ]);
  });

  it('is checked for a chart without its secrets', () => {
    const container = {
      ...tiers,
      ...oidc,
      MEMORY_HTTP_HOST: '0.0.0.0',
      DRAGONFLY_PASSWORD: fromSecret,
      MONGODB_PASSWORD: fromSecret,
      WEAVIATE_API_KEY: fromSecret,
      MEMORY_SIGNING_KEY: fromSecret,
    };
    expect(checkVariables(memoryConfig, container)).toEqual([]);
    const { MONGODB_PASSWORD: _, ...forgetful } = container;
    expect(checkVariables(memoryConfig, forgetful)).toMatchObject([{ path: 'MONGODB_PASSWORD' }]);
  });

  it('opens the explorer, read-only, to the one person of this machine, and elsewhere only when told to', () => {
    const explorer = (environment: Record<string, string>) => {
      const parsed = parseEnvironment(memoryConfig, environment);
      return parsed.ok ? explorerOf(parsed.value) : parsed.problems.map(({ path, allowed }) => [path, allowed]);
    };
    expect(explorer({})).toBe('read-only');
    expect(explorer(oidc)).toBe('off');
    expect(explorer({ ...oidc, MEMORY_EXPLORER: 'read-only' })).toBe('read-only');
    expect(explorer({ MEMORY_EXPLORER: 'off' })).toBe('off');
    expect(explorer({ MEMORY_EXPLORER: 'writable' })).toBe('writable');
    expect(explorer({ MEMORY_EXPLORER: 'yes', MEMORY_HTTP_PORT: '0' })).toEqual([
      ['MEMORY_HTTP_PORT', 'integer, 1 to 65535'],
      ['MEMORY_EXPLORER', 'off | read-only | writable'],
    ]);
  });

  const dist = join(import.meta.dirname, '../../dist');
  it.each(readdirSync(dist))('takes what the charts give the service in %s, and nothing else is given', (cluster) => {
    const file = join(dist, cluster, 'memory/Deployment-memory.yaml');
    const [container] = parse(readFileSync(file, 'utf8')).spec.template.spec.containers;
    const env: { name: string; value?: string }[] = container.env;
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value ?? fromSecret]));
    expect(checkVariables(memoryConfig, given)).toEqual([]);
    // What is not checked here would be no check.
    expect(checkVariables(memoryConfig, { ...given, MEMORY_EXPLORRER: 'off' })).toMatchObject([
      { path: 'MEMORY_EXPLORRER' },
    ]);
    const { MEMORY_OIDC_ISSUER: _, ...anonymous } = given;
    expect(checkVariables(memoryConfig, anonymous)).toMatchObject([{ path: 'MEMORY_OIDC_ISSUER' }]);
  });
});
