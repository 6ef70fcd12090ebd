import { checkVariables, describeVariables, parseEnvironment } from '@ai-orchestra/configuration';
import { describe, expect, it } from 'vitest';
import { mcpEnvironment } from './config.ts';

const schema = mcpEnvironment('mcp-test', [], {});

const shared = {
  MCP_ISSUER: 'https://issuer.example.com',
  MCP_CURSOR_KEY: 'k'.repeat(32),
  MCP_TRANSPORT: 'http',
  MCP_HTTP_HOST: '0.0.0.0',
  MCP_ALLOWED_HOSTS: 'mcp-test.superagi.svc',
};
const oauth = { ...shared, MCP_AUTHENTICATION: 'oauth', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' };
const kubernetes = {
  ...shared,
  MCP_AUTHENTICATION: 'kubernetes',
  MCP_SERVICE_ACCOUNTS: 'superagi/superagi=agents',
};

function pathsOf(environment: Record<string, string>) {
  const parsed = parseEnvironment(schema, environment);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('mcpEnvironment', () => {
  it('needs nothing on a laptop: stdio, one client', () => {
    expect(parseEnvironment(schema, {})).toMatchObject({
      ok: true,
      value: {
        MCP_TRANSPORT: 'stdio',
        MCP_HTTP_HOST: '127.0.0.1',
        MCP_HTTP_PATH: '/mcp',
        MCP_AUTHENTICATION: 'none',
        OTEL_SERVICE_NAME: 'mcp-test',
      },
    });
  });

  it('says of every variable what it means and what it allows', () => {
    for (const variable of describeVariables(schema)) {
      expect(variable, variable.name).toMatchObject({
        meaning: expect.stringMatching(/\.$/),
        allowed: expect.stringMatching(/./),
      });
    }
  });

  it.each([
    ['oauth', oauth],
    ['kubernetes', kubernetes],
  ])('accepts a server shared with %s', (_, environment) => {
    expect(pathsOf(environment)).toEqual([]);
  });

  it('names all that a shared server lacks', () => {
    expect(pathsOf({ MCP_AUTHENTICATION: 'oauth' })).toEqual(['MCP_ISSUER', 'MCP_RESOURCE_URL', 'MCP_CURSOR_KEY']);
    expect(pathsOf({ MCP_AUTHENTICATION: 'kubernetes' })).toEqual([
      'MCP_ISSUER',
      'MCP_SERVICE_ACCOUNTS',
      'MCP_CURSOR_KEY',
    ]);
  });

  it('listens beyond this machine only with tokens, under a name that callers can use', () => {
    expect(pathsOf({ MCP_TRANSPORT: 'http' })).toEqual([]);
    expect(pathsOf({ MCP_TRANSPORT: 'http', MCP_HTTP_HOST: '0.0.0.0' })).toEqual([
      'MCP_HTTP_HOST',
      'MCP_ALLOWED_HOSTS',
    ]);
  });

  it('trusts no issuer over plain http', () => {
    expect(pathsOf({ ...oauth, MCP_ISSUER: 'http://issuer.example.com' })).toEqual(['MCP_ISSUER']);
  });

  it('takes the cursor key from a Secret only', () => {
    expect(checkVariables(schema, { ...oauth, MCP_CURSOR_KEY: { secret: true } })).toEqual([]);
    expect(checkVariables(schema, oauth)).toMatchObject([{ path: 'MCP_CURSOR_KEY' }]);
  });
});
