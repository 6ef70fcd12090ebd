/** Every attack against the real server, over HTTP, with tokens, on a real database: none gets through. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Issuer, type ServerUnderTest, startForTest, startIssuer } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { type Bed, database, startBed, withoutLogin } from '../src/testing/bed.fixture.ts';
import { type Attack, attacks } from './cases.ts';
import { canary, collections, policyYaml } from './data.ts';

interface Answer {
  /** All that the caller gets, as text. */
  readonly written: string;
  readonly isError: boolean;
}

describe.skipIf(skipped('mongo-java-server'))('the red team', () => {
  let bed: Bed;
  let issuer: Issuer;
  let folder: string;
  let environment: Readonly<Record<string, string>>;
  const servers = new Map<string, ServerUnderTest>();

  beforeAll(async () => {
    bed = await startBed(collections);
    await bed.client.db(database).collection('agents').createIndex({ password: 1 });
    issuer = await startIssuer();
    folder = mkdtempSync(join(tmpdir(), 'red-team-'));
    writeFileSync(join(folder, 'policy.yaml'), policyYaml);
    environment = {
      ...bed.environment,
      MONGODB_USER: 'mcp',
      MONGODB_PASSWORD: 'not used by this database',
      MCP_POLICY_FILE: join(folder, 'policy.yaml'),
      MCP_AUTHENTICATION: 'oauth',
      MCP_ISSUER: issuer.url,
      MCP_RESOURCE_URL: 'http://127.0.0.1:8080/mcp',
      MCP_TENANT_CLAIM: 'tenant',
      MCP_CURSOR_KEY: 'a key that signs the cursors of this test',
    };
  });
  afterAll(async () => {
    for (const server of servers.values()) await server.stop();
    await bed?.stop();
    await issuer?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A client with such a token; undefined where the server does not even let it in. */
  async function serverFor(claims: Readonly<Record<string, unknown>>): Promise<ServerUnderTest | undefined> {
    const key = JSON.stringify(Object.entries(claims));
    const own = servers.get(key);
    if (own) return own;
    try {
      const token = await issuer.sign({ scope: 'mongodb:read', ...claims });
      const opened = await startForTest(withoutLogin, environment, token);
      servers.set(key, opened);
      return opened;
    } catch (error) {
      if (/\b40[13]\b|invalid_token|unauthorized/i.test(String(error))) return undefined;
      throw error;
    }
  }

  async function tried({ tool, arguments: args, claims = { tenant: 'x' } }: Attack): Promise<Answer> {
    const server = await serverFor(claims);
    if (!server) return { written: '', isError: true };
    try {
      const { content, structuredContent, isError, _meta } = await server.call(tool, args);
      return {
        written: JSON.stringify([content, structuredContent ?? null, _meta ?? null]),
        isError: isError === true,
      };
    } catch (error) {
      // The protocol's own refusal, such as of a body that is too large.
      return { written: String(error), isError: true };
    }
  }

  const outcomes: { readonly attack: Attack; readonly answer: Answer }[] = [];

  /** Why an answer is a success of the attacker. */
  function breach({ attack, answer }: (typeof outcomes)[number]): string | undefined {
    // What the attacker wrote may be in the refusal.
    const echoed = JSON.stringify(attack.arguments).includes(canary) && answer.isError;
    if (answer.written.includes(canary) && !echoed && !isEcho(attack, answer)) return 'it shows a canary';
    if ((attack.outcome ?? 'refused') === 'refused' && !answer.isError) return 'it is answered';
    if (/mongodb:\/\/|127\.0\.0\.1:\d|\bat .*\.ts:|node_modules/.test(answer.written)) return 'it tells of the server';
    if (/!\[x\]\(|\]\(https|<script|<img|\u202E|\u200B|[\u{E0000}-\u{E0FFF}]/u.test(answer.written))
      return 'it has markup that works';
    return undefined;
  }

  /** A question that has a canary itself is read back. */
  const isEcho = (attack: Attack, { written }: Answer) => {
    const sent = JSON.stringify(attack.arguments);
    const left = (written.match(/CANARY[-\w]*/g) ?? []).filter((one) => !sent.includes(one));
    return left.length === 0;
  };

  test('there are at least 200 different attacks', () => {
    expect(new Set(attacks.map((attack) => JSON.stringify(attack))).size).toBe(attacks.length);
    expect(attacks.length).toBeGreaterThanOrEqual(200);
  });

  test('none gets through', async () => {
    for (const attack of attacks) outcomes.push({ attack, answer: await tried(attack) });
    const classes = Map.groupBy(outcomes, ({ attack }) => attack.class);
    const table = [...classes].map(([name, own]) => ({
      class: name,
      attacks: own.length,
      refused: own.filter(({ answer }) => answer.isError).length,
      through: own.filter((one) => breach(one) !== undefined).length,
    }));
    process.stdout.write(
      `${table.map((row) => `${row.class.padEnd(22)} ${row.attacks} attacks, ${row.refused} refused, ${row.through} through`).join('\n')}\n${attacks.length} attacks\n`,
    );
    const breaches = outcomes.flatMap((one) => {
      const why = breach(one);
      return why === undefined ? [] : [{ why, attack: one.attack, answer: one.answer.written.slice(0, 400) }];
    });
    expect(breaches).toEqual([]);
  }, 280_000);

  test('what is not refused is answered: the caller’s own rows', async () => {
    const { written, isError } = await tried({ class: 'reach', tool: 'find', arguments: { collection: 'agents' } });
    expect(isError).toBe(false);
    expect(written).toContain('Agent 0 of x');
  });

  test('completions and resources show no more', async () => {
    const server = await serverFor({ tenant: 'x' });
    const completed = await server?.client.complete({
      ref: { type: 'ref/resource', uri: 'mongodb://{collection}/schema' },
      argument: { name: 'collection', value: '' },
    });
    expect(completed?.completion.values).toEqual(['agents', 'notes']);
    const { contents = [] } = (await server?.client.readResource({ uri: 'mongodb://agents/schema' })) ?? {};
    expect(contents).toHaveLength(1);
    expect(JSON.stringify(contents)).not.toContain(canary);
    expect(JSON.stringify(contents)).not.toMatch(/password|salary|apiKey|accessToken/);
    await expect(server?.client.readResource({ uri: 'mongodb://vault/schema' })).rejects.toThrow();
  });

  test('a token that is not for this server, or of nobody, gets nothing', async () => {
    for (const claims of [{ aud: 'other' }, { exp: 1 }, { sub: undefined }, { iss: 'https://evil.example' }])
      expect(await serverFor({ tenant: 'x', ...claims })).toBeUndefined();
    const server = await serverFor({ tenant: 'x' });
    const forged = await issuer.sign({ tenant: 'y', scope: 'mongodb:read' }, 'HS256');
    const response = await fetch(server?.url ?? '', {
      method: 'POST',
      headers: { authorization: `Bearer ${forged}` },
      body: '{}',
    });
    expect(response.status).toBe(401);
  });

  test('nothing was changed', async () => {
    const db = bed.client.db(database);
    expect((await db.listCollections().toArray()).map(({ name }) => name).toSorted()).toEqual(
      Object.keys(collections).toSorted(),
    );
    for (const [name, documents] of Object.entries(collections)) {
      const now = await db.collection(name).find().toArray();
      expect(now.toSorted((a, b) => (String(a._id) < String(b._id) ? -1 : 1))).toEqual(
        documents.toSorted((a, b) => (String(a._id) < String(b._id) ? -1 : 1)),
      );
    }
  });
});
