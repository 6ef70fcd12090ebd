import { describeVariables, parseEnvironment } from '@ai-orchestra/configuration';
import { describe, expect, it } from 'vitest';
import { mongodbServerConfig } from './config.ts';

const local = { MONGODB_HOSTS: 'localhost', MONGODB_DATABASE: 'shop' };

function pathsOf(environment: Record<string, string>) {
  const parsed = parseEnvironment(mongodbServerConfig, environment);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('mongodbServerConfig', () => {
  it('needs only hosts and database on a laptop', () => {
    expect(pathsOf({})).toEqual(['MONGODB_HOSTS', 'MONGODB_DATABASE']);
    expect(parseEnvironment(mongodbServerConfig, local)).toMatchObject({
      ok: true,
      value: { MONGODB_HOSTS: [{ host: 'localhost', port: 27_017 }], MCP_QUERY_DOCUMENTS: 100, MCP_TIME_ZONE: 'UTC' },
    });
  });

  it('says of every variable what it means', () => {
    expect(describeVariables(mongodbServerConfig).filter(({ meaning }) => !meaning.endsWith('.'))).toEqual([]);
  });

  it('needs a login and a policy when it is shared', () => {
    expect(pathsOf({ ...local, MCP_AUTHENTICATION: 'kubernetes' })).toEqual([
      'MCP_ISSUER',
      'MCP_SERVICE_ACCOUNTS',
      'MCP_CURSOR_KEY',
      'MONGODB_USER',
      'MONGODB_PASSWORD',
      'MCP_POLICY_FILE',
    ]);
  });

  it('takes user and password together', () => {
    expect(pathsOf({ ...local, MONGODB_USER: 'reader' })).toEqual(['MONGODB_PASSWORD']);
    expect(pathsOf({ ...local, MONGODB_PASSWORD: 'word' })).toEqual(['MONGODB_USER']);
  });

  it('refuses a connection string, and so a password in it', () => {
    const parsed = parseEnvironment(mongodbServerConfig, { ...local, MONGODB_HOSTS: 'mongodb://reader:word@host' });
    expect(JSON.stringify(parsed)).not.toContain('word@');
    expect(pathsOf({ ...local, MONGODB_URI: 'mongodb://host' })).toEqual(['MONGODB_URI']);
  });

  it('needs a key for a model of OpenRouter, none for one on this machine', () => {
    const model = { ...local, MCP_MODEL: 'openai/gpt-4o-mini' };
    expect(pathsOf(model)).toEqual(['OPENROUTER_API_KEY']);
    expect(pathsOf({ ...model, OPENROUTER_API_KEY: 'key' })).toEqual([]);
    expect(pathsOf({ ...model, MCP_MODEL_URL: 'http://localhost:11434/v1' })).toEqual([]);
  });

  it('knows the time zones', () => {
    expect(pathsOf({ ...local, MCP_TIME_ZONE: 'Europe/Berlin' })).toEqual([]);
    expect(pathsOf({ ...local, MCP_TIME_ZONE: 'Europe/Atlantis' })).toEqual(['MCP_TIME_ZONE']);
  });
});
