import { inspect } from 'node:util';
import { checkVariables, describeVariables, formatProblem, parseEnvironment } from '@ai-orchestra/configuration';
import { describe, expect, it } from 'vitest';
import { databaseOf, insteadOfUrl, mongodbServerConfig } from './config.ts';

const local = { MONGODB_HOSTS: 'localhost', MONGODB_DATABASE: 'shop' };

function pathsOf(environment: Record<string, string>) {
  const parsed = parseEnvironment(mongodbServerConfig, environment);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('mongodbServerConfig', () => {
  it('needs only a connection string, or hosts and database, on a laptop', () => {
    expect(pathsOf({})).toEqual(['MONGODB_HOSTS', 'MONGODB_DATABASE']);
    for (const url of [
      'mongodb://localhost/shop',
      'mongodb://ana:p%40ss@a.example:27017,b.example/shop?replicaSet=rs0',
      'mongodb+srv://ana:word@cluster.example/shop?retryWrites=true&w=majority',
      'mongodb://[::1]:27017/shop',
    ]) {
      const parsed = parseEnvironment(mongodbServerConfig, { MONGODB_URL: url });
      expect(parsed.ok && databaseOf(parsed.value), url).toBe('shop');
    }
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
      'MCP_POLICY_FILE',
      'MONGODB_USER',
      'MONGODB_PASSWORD',
    ]);
  });

  it('takes user and password together', () => {
    expect(pathsOf({ ...local, MONGODB_USER: 'reader' })).toEqual(['MONGODB_PASSWORD']);
    expect(pathsOf({ ...local, MONGODB_PASSWORD: 'word' })).toEqual(['MONGODB_USER']);
  });

  it('takes the database from MONGODB_DATABASE, else from the connection string', () => {
    const database = (environment: Record<string, string>) => {
      const parsed = parseEnvironment(mongodbServerConfig, environment);
      return parsed.ok ? databaseOf(parsed.value) : parsed.problems.map(({ path }) => path);
    };
    expect(database({ MONGODB_URL: 'mongodb://host', MONGODB_DATABASE: 'shop' })).toBe('shop');
    expect(database({ MONGODB_URL: 'mongodb://ana:word@host/admin', MONGODB_DATABASE: 'shop' })).toBe('shop');
    expect(database({ MONGODB_URL: 'mongodb://host/' })).toEqual(['MONGODB_DATABASE']);
  });

  it('takes a connection string or its parts, and tells which of both are given', () => {
    const url = 'mongodb://host/shop';
    expect(pathsOf({ MONGODB_URL: url, MONGODB_AUTH_SOURCE: 'admin', MONGODB_TLS: 'false' })).toEqual([]);
    expect(
      pathsOf({
        MONGODB_URL: url,
        MONGODB_HOSTS: 'host',
        MONGODB_REPLICA_SET: 'rs0',
        MONGODB_USER: 'ana',
        MONGODB_PASSWORD: 'word',
        MONGODB_AUTH_SOURCE: 'users',
        MONGODB_TLS: 'true',
      }),
    ).toEqual([...insteadOfUrl]);
  });

  it.each([
    'localhost:27017',
    'http://zoe:s3cret@host/shop',
    'mongodb://zoe:s3cret@host:port/shop',
    'mongodb://zoe:s3cret@host /shop',
    'mongodb://zoe:s3c%ret@host/shop',
    'mongodb://zoe:s3cret@ho@st/shop',
    'mongodb+srv://zoe:s3cret@host:27017/shop',
    'mongodb+srv://zoe:s3cret@a,b/shop',
    'mongodb://zoe:s3cret@host/sh%20op',
    'mongodb://zoe:s3cret@host/sh$op',
  ])('tells that %s is none, once and without a part of it', (url) => {
    const parsed = parseEnvironment(mongodbServerConfig, { MONGODB_URL: url, MONGODB_DATABASE: 'shop' });
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.map(({ path, given }) => [path, given])).toEqual([['MONGODB_URL', 'a value (hidden)']]);
    expect(problems.map(formatProblem).join()).not.toMatch(/s3c|zoe/);
  });

  it('does not print a connection string, wherever it is shown', () => {
    const parsed = parseEnvironment(mongodbServerConfig, { MONGODB_URL: 'mongodb://zoe:s3cret@host/shop' });
    expect(`${JSON.stringify(parsed)} ${inspect(parsed, { depth: 9, showHidden: true })}`).not.toMatch(/s3cret|zoe/);
  });

  it('wants a login in the connection string when it is shared', () => {
    const shared = { MCP_AUTHENTICATION: 'kubernetes', MONGODB_URL: 'mongodb://host/shop' };
    expect(pathsOf(shared)).toContain('MONGODB_URL');
    const withLogin = pathsOf({ ...shared, MONGODB_URL: 'mongodb://ana:word@host/shop' });
    for (const name of ['MONGODB_URL', 'MONGODB_USER', 'MONGODB_PASSWORD']) expect(withLogin).not.toContain(name);
  });

  it('counts a connection string from a Secret as right', () => {
    expect(checkVariables(mongodbServerConfig, { MONGODB_URL: { secret: true } })).toEqual([]);
    expect(checkVariables(mongodbServerConfig, { MONGODB_URL: 'mongodb://zoe:s3cret@host/shop' })).toMatchObject([
      { path: 'MONGODB_URL', allowed: 'a reference to a Secret' },
    ]);
  });

  it('refuses a connection string as a host, and so a password in it', () => {
    const parsed = parseEnvironment(mongodbServerConfig, { ...local, MONGODB_HOSTS: 'mongodb://reader:word@host' });
    expect(JSON.stringify(parsed)).not.toContain('word@');
    const asked = parseEnvironment(mongodbServerConfig, { ...local, MONGODB_URI: 'mongodb://host' });
    expect(asked.ok ? [] : asked.problems).toMatchObject([{ path: 'MONGODB_URI', allowed: 'MONGODB_URL' }]);
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
