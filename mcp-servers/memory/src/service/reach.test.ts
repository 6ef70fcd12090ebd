import type { Caller } from '@ai-orchestra/mcp-kit';
import { expect, test } from 'vitest';
import { reachOf, subjectWithin } from './reach.ts';

const oauth = { MCP_TRANSPORT: 'http', MCP_AUTHENTICATION: 'oauth', MCP_SUBJECT_CLAIM: 'person' } as const;
const caller = (more: Partial<Caller> = {}): Caller => ({
  principal: 'ana',
  tenant: 'bakery',
  scopes: new Set(),
  claims: { sub: 'ana', person: 'ana' },
  ...more,
});

test('a person is bound to the subject of the claim', () => {
  const reach = reachOf(caller(), oauth);
  expect(reach).toEqual({ tenant: 'bakery', subject: 'ana' });
  expect(subjectWithin(reach, undefined)).toBe('ana');
  expect(subjectWithin(reach, 'ana')).toBe('ana');
  expect(() => subjectWithin(reach, 'ben')).toThrow('Another subject');
});

test.each([[undefined], [''], [7], [['ana']], [' ana'], ['ana '], ['a\nb'], ['..'], ['x'.repeat(129)]])(
  'a claim that is no subject is no leave to reach all: %j',
  (person) => {
    expect(() => reachOf(caller({ claims: { sub: 'ana', person } }), oauth)).toThrow('names no subject');
  },
);

test('a service account acts for the people of its tenant', () => {
  const principal = 'system:serviceaccount:superagi:superagi';
  expect(reachOf(caller({ principal, claims: { sub: principal } }), oauth)).toEqual({ tenant: 'bakery' });
});

test('a token without a tenant reaches nothing', () => {
  const { tenant: _, ...without } = caller();
  expect(() => reachOf(without, oauth)).toThrow('no tenant');
});

test('the person of this machine reaches what is on it', () => {
  const local = { principal: 'local', scopes: new Set<string>(), claims: {} };
  expect(reachOf(local, { MCP_TRANSPORT: 'stdio', MCP_AUTHENTICATION: 'none' })).toEqual({});
  expect(subjectWithin({}, 'ben')).toBe('ben');
});
