import { describeVariables, parseEnvironment } from '@ai-orchestra/configuration';
import { describe, expect, it } from 'vitest';
import { weaviateServerConfig } from './config.ts';

const local = { WEAVIATE_HTTP_HOST: 'localhost' };

function pathsOf(environment: Record<string, string>) {
  const parsed = parseEnvironment(weaviateServerConfig, environment);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('weaviateServerConfig', () => {
  it('needs only a host on a laptop', () => {
    expect(pathsOf({})).toEqual(['WEAVIATE_HTTP_HOST']);
    expect(pathsOf(local)).toEqual([]);
  });

  it('says of every variable what it means', () => {
    expect(describeVariables(weaviateServerConfig).filter(({ meaning }) => !meaning.endsWith('.'))).toEqual([]);
  });

  it('needs an API key and a policy when it is shared', () => {
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'oauth' })).toEqual([
      'MCP_ISSUER',
      'MCP_RESOURCE_URL',
      'MCP_CURSOR_KEY',
      'WEAVIATE_API_KEY',
      'MCP_POLICY_FILE',
    ]);
  });

  it('weighs words and vectors between 0 and 1', () => {
    expect(pathsOf({ ...local, MCP_ALPHA: '0.75' })).toEqual([]);
    expect(pathsOf({ ...local, MCP_ALPHA: '75' })).toEqual(['MCP_ALPHA']);
  });
});
