import { describe, expect, test } from 'vitest';
import { secretsIn } from './secrets.ts';

/** Written in two parts, so that no scanner takes this file for a leak. */
const joined = (...parts: string[]) => parts.join('');

describe('secretsIn', () => {
  test.each([
    ['a private key', joined('-----BEGIN RSA ', 'PRIVATE KEY-----')],
    ['a Google API key', joined('AIza', 'SyA1234567890abcdefghijklmnopqrstuv')],
    ['an OpenAI or OpenRouter key', joined('sk-or-', 'v1-0123456789abcdef0123456789')],
    ['a GitHub token', joined('ghp_', '0123456789abcdef0123456789abcdef0123')],
    ['an AWS access key', joined('AKIA', 'IOSFODNN7EXAMPLE')],
    ['a URL with a password', joined('mongodb://root:', 'hunter22@mongodb:27017')],
    ['a URL with a password', joined('redis://:', 'hunter22@broker:6379')],
  ])('finds %s', (name, text) => {
    expect(secretsIn(`data:\n  value: ${text}\n`)).toEqual([name]);
  });

  test('finds an object of kind Secret and a literal in a variable that is secret by name', () => {
    expect(secretsIn('apiVersion: v1\nkind: Secret\n')).toEqual(['an object of kind Secret']);
    expect(secretsIn('env:\n- name: DB_PASSWORD\n  value: hunter2\n')).toEqual([
      'a literal value of the variable DB_PASSWORD',
    ]);
  });

  test.each([
    'kind: ExternalSecret',
    'env:\n- name: MEMORY_TOKEN_FILE\n  value: /var/run/secrets/token\n',
    'env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      key: password\n',
    'value: postgresql://superagi:$(DB_PASSWORD)@db:5432/x',
    'value: https://openrouter.ai/api/v1',
  ])('lets %j be', (text) => {
    expect(secretsIn(text)).toEqual([]);
  });
});
