import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AuditFailure, digestOf, openAudit } from './audit.ts';

const record = { principal: 'ana', tool: 'find', ...digestOf({ question: 'who?' }), outcome: 'ok', duration: 3 };
const now = () => Date.UTC(2026, 10, 23);

test('a file gets a line for each call, for its owner alone, after what it had', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.jsonl');
  for (const outcome of ['ok', 'busy']) {
    const audit = openAudit(file, now);
    audit.record({ ...record, outcome });
    audit.close();
  }
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject([
    { time: '2026-11-23T00:00:00.000Z', principal: 'ana', outcome: 'ok' },
    { outcome: 'busy' },
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('of the arguments it has a digest and a length, and none of their words', () => {
  const { arguments: digest, characters } = digestOf({ question: 'the secret question', filter: { name: 'ana' } });
  expect(characters).toBe(22);
  expect(digest).toMatch(/^[\w-]{22}$/);
  expect(digestOf({ question: 'the secret question', filter: { name: 'bob' } }).arguments).not.toBe(digest);
});

test('a file that cannot be opened, or written, is a failure', () => {
  expect(() => openAudit('/nowhere/audit.jsonl', now)).toThrow(AuditFailure);
  const full = openAudit('/dev/full', now);
  expect(() => full.record(record)).toThrow(AuditFailure);
});
