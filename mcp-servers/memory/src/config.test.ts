import { describeVariables, parseEnvironment } from '@ai-orchestra/configuration';
import { describe, expect, it } from 'vitest';
import { memoryServerConfig } from './config.ts';

const local = { MEMORY_URL: 'http://127.0.0.1:8080' };

function pathsOf(environment: Record<string, string>) {
  const parsed = parseEnvironment(memoryServerConfig, environment);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('memoryServerConfig', () => {
  it("needs only the service's URL on a laptop", () => {
    expect(pathsOf({})).toEqual(['MEMORY_URL']);
    expect(pathsOf(local)).toEqual([]);
  });

  it('says of every variable what it means', () => {
    expect(describeVariables(memoryServerConfig).filter(({ meaning }) => !meaning.endsWith('.'))).toEqual([]);
  });

  it('needs a token for the service when it is shared', () => {
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'kubernetes' })).toContain('MEMORY_TOKEN_FILE');
  });

  it("needs the claim that holds a person's tenant", () => {
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'oauth' })).toContain('MCP_TENANT_CLAIM');
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'kubernetes' })).not.toContain('MCP_TENANT_CLAIM');
  });

  it("starts beside the memory service's own variables", () => {
    expect(pathsOf({ ...local, MEMORY_STORE: 'embedded' })).toEqual([]);
  });
});
