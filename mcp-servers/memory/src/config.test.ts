import { describeVariables, parseEnvironment } from '@ai-orchestra/configuration';
import { describe, expect, it } from 'vitest';
import { memoryServerConfig } from './config.ts';

const local = { MEMORY_URL: 'http://127.0.0.1:8080', MEMORY_TOKEN_FILE: '/var/lib/memory.sqlite.token' };
const federated = { ...local, MCP_MONGODB_URL: 'http://mcp-mongodb:8080/mcp' };

function pathsOf(environment: Record<string, string>) {
  const parsed = parseEnvironment(memoryServerConfig, environment);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('memoryServerConfig', () => {
  it("needs the service's URL and the file of its token", () => {
    expect(pathsOf({})).toEqual(['MEMORY_URL', 'MEMORY_TOKEN_FILE']);
    expect(pathsOf(local)).toEqual([]);
  });

  it('says of every variable what it means', () => {
    expect(describeVariables(memoryServerConfig).filter(({ meaning }) => !meaning.endsWith('.'))).toEqual([]);
  });

  it("needs the claim that holds a person's tenant", () => {
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'oauth' })).toContain('MCP_TENANT_CLAIM');
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'kubernetes' })).not.toContain('MCP_TENANT_CLAIM');
  });

  it('asks other servers with a token of its own where callers are told apart', () => {
    expect(pathsOf({ ...federated, MCP_AUTHENTICATION: 'kubernetes' })).toContain('MCP_FEDERATION_TOKEN_FILE');
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'kubernetes' })).not.toContain('MCP_FEDERATION_TOKEN_FILE');
    expect(pathsOf(federated)).toEqual([]);
  });

  it('offers the tools over all tiers where nothing else is said', () => {
    const parsed = parseEnvironment(memoryServerConfig, local);
    expect(parsed).toMatchObject({ ok: true, value: { MCP_MEMORY_TOOLS: 'layered' } });
    expect(pathsOf({ ...local, MCP_MEMORY_TOOLS: 'reference' })).toEqual(['MCP_MEMORY_TOOLS']);
  });

  it("starts beside the memory service's own variables", () => {
    expect(pathsOf({ ...local, MEMORY_STORE: 'embedded' })).toEqual([]);
  });
});
