import { describe, expect, it } from 'vitest';
import { tokens } from './tokens.ts';
import { decimal, flag, hostPorts, integer, isLoopback, list, secret, trustedUrl, url } from './values.ts';

describe.each([
  [
    'integer',
    integer({ min: 1, max: 10 }),
    [
      ['1', 1],
      ['10', 10],
    ],
    ['0', '11', '1.5', '1e1', ' 1', '0x1', 'one'],
  ],
  [
    'decimal',
    decimal({ min: 0, max: 1 }),
    [
      ['0', 0],
      ['0.25', 0.25],
    ],
    ['1.1', '-1', '.5', 'NaN'],
  ],
  [
    'flag',
    flag(),
    [
      ['true', true],
      ['false', false],
    ],
    ['TRUE', '1', 'yes'],
  ],
  [
    'list',
    list('letter', /^[a-z]$/),
    [
      ['a', ['a']],
      ['a, b', ['a', 'b']],
    ],
    ['a,', ',a', 'a,B'],
  ],
  [
    'hostPorts',
    hostPorts(27017),
    [
      ['a', [{ host: 'a', port: 27017 }]],
      [
        'a:1,[::1]:2',
        [
          { host: 'a', port: 1 },
          { host: '[::1]', port: 2 },
        ],
      ],
    ],
    ['a:0', 'a:65536', 'a:', 'mongodb://a', 'user@a'],
  ],
  [
    'secret',
    secret(4),
    [
      ['abcd', 'abcd'],
      ['a b c', 'a b c'],
    ],
    ['abc', 'abcd\n', ' abcd'],
  ],
  ['url', url(), [['http://a:1/b', 'http://a:1/b']], ['a:1', 'ftp://a', 'http://user:word@a', 'http://user@a']],
  [
    'trustedUrl',
    trustedUrl(),
    [
      ['https://a', 'https://a'],
      ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ],
    ['http://a', 'http://127.0.0.1.example.com', 'file:///a'],
  ],
  [
    'serviceAccounts',
    tokens.serviceAccounts,
    [
      [
        'superagi/superagi=agents,superagi/mcp-memory=*',
        [
          { namespace: 'superagi', name: 'superagi', tenant: 'agents' },
          { namespace: 'superagi', name: 'mcp-memory', tenant: '*' },
        ],
      ],
    ],
    ['superagi', 'superagi/superagi', '*/superagi=agents', 'superagi/*=agents', 'a/b=', 'a/b=**'],
  ],
] as const)('%s', (_, kind, good, bad) => {
  it.each(good.map(([text, value]) => ({ text, value })))('reads $text', ({ text, value }) => {
    expect(kind.parse(text)).toEqual(value);
  });
  it.each(bad)('refuses %j', (text) => {
    expect(kind.safeParse(text).success).toBe(false);
  });
});

it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('%s is this machine', (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com'])('%s is not', (host) => {
  expect(isLoopback(host)).toBe(false);
});
