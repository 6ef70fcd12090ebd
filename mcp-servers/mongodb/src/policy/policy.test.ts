import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsMistakes } from '@ai-orchestra/mcp-kit';
import { describe, expect, it } from 'vitest';
import { accessOf } from './access.ts';
import { openPolicy, parsePolicy } from './policy.ts';

const caller = (more: object = {}) => ({ principal: 'ana', scopes: new Set<string>(), claims: {}, ...more });
const access = (yaml: string, who = caller(), isView?: (name: string) => boolean) =>
  accessOf(parsePolicy(`version: 1\n${yaml}`, 'p.yaml'), who, isView);

function problemsOf(yaml: string) {
  try {
    parsePolicy(yaml, 'p.yaml');
  } catch (error) {
    if (error instanceof SettingsMistakes) return error;
  }
  throw new Error('the policy was taken');
}

describe('parsePolicy', () => {
  it('takes the example, and what the charts write', () => {
    const example = readFileSync(join(import.meta.dirname, '../../policy.example.yaml'), 'utf8');
    expect(Object.keys(parsePolicy(example, 'example').collections)).toEqual(['*', 'invoices', 'runs', 'users']);
    expect(parsePolicy('version: 1\ncollections:\n  "*":\n    read: true\n', 'p')).toEqual(openPolicy);
  });

  it('tells every mistake: where, what was given, what is allowed, what to do', () => {
    const { message, problems } = problemsOf(
      'version: 2\ncollections:\n  a: { read: 7, hide: [x] }\n  b: { rows: { t: { claims: x } }, limits: { documents: 0 }, fields: { deny: ["*.x"], reveal: [a.b] } }\n',
    );
    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      'collections.a.hide',
      'collections.a.read',
      'collections.b.fields.deny.0',
      'collections.b.fields.reveal.0',
      'collections.b.limits.documents',
      'collections.b.rows.t',
      'version',
    ]);
    expect(message).toContain('7 mistakes in p.yaml');
    expect(message).toContain('collections.a.read: given 7; allowed: true | false. Write true or false.');
  });

  it('tells of text that is not YAML by its line', () => {
    expect(problemsOf('version: 1\ncollections: [').message).toContain('line');
  });
});

describe('accessOf', () => {
  it('gives no collection that has no entry, and none of the server', () => {
    const open = access('collections: { "*": {}, invoices: { read: false }, "log_*": {} }');
    expect(open.collection('agents')).toBeDefined();
    for (const name of ['invoices', 'system.users', 'system.profile', '$cmd', '', 'a$b'])
      expect(open.collection(name)).toBeUndefined();
    const named = access('collections: { agents: {}, "log_*": {} }');
    expect([named.collection('log_2026'), named.collection('users')]).toEqual([expect.anything(), undefined]);
  });

  it('gives a view only by its own name', () => {
    const isView = (name: string) => name === 'everyone';
    expect(access('collections: { "*": {} }', caller(), isView).collection('everyone')).toBeUndefined();
    expect(access('collections: { "*": {}, everyone: {} }', caller(), isView).collection('everyone')).toBeDefined();
  });

  it('restricts rows by the token, and gives none where the token does not say', () => {
    const yaml =
      'collections: { runs: { rows: { t: { caller: tenant }, r: { claim: regions }, gone: false, k: { in: [a, b] } } } }';
    const rows = (who: object) => access(yaml, caller(who)).collection('runs')?.rows;
    expect(rows({ tenant: 'x', claims: { regions: ['eu', 'us'] } })).toEqual({
      t: { $eq: 'x' },
      r: { $in: ['eu', 'us'] },
      gone: { $eq: false },
      k: { $in: ['a', 'b'] },
    });
    expect(rows({ tenant: 'x', claims: { regions: 'eu' } })).toMatchObject({ r: { $eq: 'eu' } });
    for (const regions of [undefined, null, '', [], { $ne: '' }, [{ $ne: '' }], Number.NaN])
      expect(rows({ tenant: 'x', claims: { regions } })).toBeUndefined();
    expect(rows({ claims: { regions: 'eu' } })).toBeUndefined();
    expect(rows({ tenant: 'x', claims: Object.create({ regions: 'eu' }) })).toBeUndefined();
  });

  it('hides what looks like a secret, what is denied, and all but what is allowed', () => {
    const readable = (fields: string, path: string) =>
      access(`collections: { a: { fields: ${fields} } }`).collection('a')?.readable(path);
    for (const path of ['password', 'owner.password', 'l.0.apiKey', 'a.accessToken.b'])
      expect(readable('{}', path)).toBe(false);
    expect(readable('{ reveal: [pin] }', 'card.pin')).toBe(true);
    expect(readable('{ deny: [salary, o.x] }', 'any.salary')).toBe(false);
    expect(readable('{ deny: [salary, o.x] }', 'o.x.y')).toBe(false);
    expect(readable('{ deny: [salary, o.x] }', 'p.x')).toBe(true);
    expect(readable('{ deny: ["pay*"] }', 'o.payroll')).toBe(false);
    for (const [path, shown] of [
      ['name', true],
      ['o', true],
      ['o.p', true],
      ['o.q', false],
      ['stats.a.b', true],
      ['_id', false],
    ] as const)
      expect([path, readable('{ allow: [name, o.p, "stats.*"] }', path)]).toEqual([path, shown]);
  });
});
