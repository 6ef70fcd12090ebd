import { join } from 'node:path';
import { SettingsMistakes } from '@ai-orchestra/mcp-kit';
import { describe, expect, test } from 'vitest';
import type { Collection, Property } from '../catalogue/collection.ts';
import { openPolicy, parsePolicy, readPolicy } from './policy.ts';
import { looksSecret } from './secret-names.ts';
import { visibleOf } from './visible.ts';

const text = (name: string, more: Partial<Property> = {}): Property => ({
  name,
  type: 'text',
  list: false,
  filterable: true,
  searchable: true,
  tokenization: 'word',
  nested: [],
  ...more,
});
const collection = (properties: readonly Property[], more: Partial<Collection> = {}): Collection => ({
  name: 'Articles',
  multiTenant: false,
  properties,
  vectors: [
    {
      name: 'default',
      vectorizer: 'text2vec-transformers',
      sources: properties.map(({ name }) => name),
      distance: 'cosine',
      multi: false,
    },
  ],
  nullsIndexed: true,
  timesIndexed: true,
  ...more,
});
const policy = (rule: string) => parsePolicy(`version: 1\ncollections:\n  Articles: ${rule}\n`, 'policy.yaml');
const namesOf = (properties: Iterable<Property> | undefined): readonly string[] =>
  [...(properties ?? [])].flatMap(({ name, nested }) => [name, ...namesOf(nested).map((one) => `${name}.${one}`)]);
const shown = (rule: string, properties: readonly Property[]) =>
  namesOf(visibleOf(collection(properties), policy(rule))?.properties.values());

describe('parsePolicy', () => {
  test('takes what the clusters have: all may be read but what looks like a secret', () => {
    const all = parsePolicy('version: 1\ncollections:\n  "*":\n    read: true\n', 'policy.yaml');
    expect(namesOf(visibleOf(collection([text('title'), text('apiKey')]), all)?.properties.values())).toEqual([
      'title',
    ]);
  });

  test('lets nothing be read that it does not name', () => {
    const some = policy('{ read: true }');
    expect(some.ruleOf('Others')).toBeUndefined();
    const but = parsePolicy(
      'version: 1\ncollections: { "*": { read: true }, Articles: { read: false } }',
      'policy.yaml',
    );
    expect([but.ruleOf('Articles'), but.ruleOf('Others')?.read]).toEqual([undefined, true]);
  });

  test('takes the example', async () => {
    const example = await readPolicy(join(import.meta.dirname, '../../policy.example.yaml'));
    expect(example.ruleOf('Invoices')).toBeUndefined();
    expect(example.ruleOf('Tickets')?.tenantProperty).toBe('customer');
    expect(example.ruleOf('Anything')?.read).toBe(true);
  });

  test('tells every mistake, where it is and what to do', () => {
    const wrong =
      'version: 2\ncollections:\n  articles: { read: true }\n  Good: { read: maybe, propertys: [a], hide: x }\n';
    const told = () => parsePolicy(wrong, '/etc/policy.yaml');
    expect(told).toThrow(SettingsMistakes);
    for (const where of [
      '/etc/policy.yaml',
      'version',
      'collections.articles',
      'collections.Good.read',
      'propertys',
      'collections.Good.hide',
      'See the reference',
    ]) {
      expect(told).toThrow(where);
    }
    expect(() => parsePolicy('version: 1\ncollections: {', 'p')).toThrow(SettingsMistakes);
    expect(() => parsePolicy('', 'p')).toThrow(SettingsMistakes);
  });

  test('says of a file that cannot be read which it is', async () => {
    await expect(readPolicy('/nowhere/policy.yaml')).rejects.toThrow(
      /\/nowhere\/policy.yaml[\s\S]*cannot be read \(ENOENT\)/,
    );
  });
});

describe('visibleOf', () => {
  const address = text('address', { type: 'object', nested: [text('city'), text('password')] });

  test('hides what looks like a secret, inside others too, and what is to be hidden', () => {
    expect(shown('{ read: true }', [text('title'), text('password'), address])).toEqual([
      'title',
      'address',
      'address.city',
    ]);
    expect(shown('{ read: true, hide: [address.city, title] }', [text('title'), address, text('body')])).toEqual([
      'body',
    ]);
  });

  test('shows only what is listed, where there is a list, and then a secret too', () => {
    expect(shown('{ read: true, properties: [title] }', [text('title'), text('body')])).toEqual(['title']);
    expect(shown('{ read: true, properties: [address.city] }', [text('title'), address])).toEqual([
      'address',
      'address.city',
    ]);
    expect(shown('{ read: true, properties: [apiKey] }', [text('apiKey')])).toEqual(['apiKey']);
    expect(shown('{ read: true, properties: [apiKey], hide: [apiKey] }', [text('apiKey')])).toEqual([]);
  });

  test('closes a vector that is made of what is hidden, unless the policy opens it', () => {
    const made = collection([text('title'), text('apiKey')]);
    expect(visibleOf(made, openPolicy)).toMatchObject({ vectors: [], closedVectors: ['default'] });
    expect(visibleOf(made, policy('{ read: true, vectors: [default] }'))?.vectors).toHaveLength(1);
    const partly = collection([text('title'), address]);
    expect(visibleOf(partly, openPolicy)?.closedVectors).toEqual(['default']);
    expect(visibleOf(collection([text('title')]), openPolicy)?.closedVectors).toEqual([]);
  });

  test('cannot tell tenants apart by words, lists, or what is not there', () => {
    const brokenBy = (owner: Partial<Property> | undefined, more: Partial<Collection> = {}) =>
      visibleOf(
        collection([text('title'), ...(owner ? [text('owner', owner)] : [])], more),
        policy('{ read: true, tenantProperty: owner }'),
      )?.broken;
    expect(brokenBy({ tokenization: 'field' })).toBeUndefined();
    expect(brokenBy({ type: 'uuid' })).toBeUndefined();
    for (const wrong of [
      {},
      { tokenization: 'lowercase' },
      { tokenization: 'field', list: true },
      { tokenization: 'field', filterable: false },
      undefined,
    ]) {
      expect(brokenBy(wrong)).toContain('owner');
    }
    expect(brokenBy({ tokenization: 'field' }, { multiTenant: true })).toContain('tenants of its own');
  });
});

describe('looksSecret', () => {
  test.each([
    'password',
    'Password',
    'passwordHash',
    'user_pwd',
    'apiKey',
    'api_key',
    'APIKey',
    'openaiapikey',
    'accessToken',
    'refresh_token2',
    'clientSecret',
    'privateKey',
    'ssn',
    'cardNumber',
    'cvv',
    'PIN',
    'otp',
    'sessionToken',
    'auth',
    'jwt',
    'connectionString',
    'recoveryCodes',
    'credentials',
    'userpassword',
    'ｐassword',
  ])('%s does', (name) => expect(looksSecret(name, 'text')).toBe(true));

  test.each([
    'title',
    'author',
    'authority',
    'tokens',
    'key',
    'keyword',
    'passage',
    'passenger',
    'pinned',
    'spin',
    'secretary',
    'hashtag',
    'code',
    'postcode',
    'number',
    'orderNumber',
    'description',
    'saltiness',
    'serviceUrl',
  ])('%s does not', (name) => expect(looksSecret(name, 'text')).toBe(false));

  test('numbers that count tokens are none, and numbers that open accounts are', () => {
    expect(['tokenCount', 'token', 'passwordLength'].map((name) => looksSecret(name, 'int'))).toEqual([
      false,
      false,
      false,
    ]);
    expect(['pin', 'cvv', 'cardNumber'].map((name) => looksSecret(name, 'int'))).toEqual([true, true, true]);
  });
});
