import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlDocument } from './yaml.ts';

/** Both versions must read what was written: Kubernetes reads YAML 1.1, most editors 1.2. */
const readBack = (text: string) => [parse(text, { version: '1.1' }), parse(text, { version: '1.2' })];

describe('yamlDocument', () => {
  test('puts what people look for first, and the rest in alphabetical order', () => {
    const text = yamlDocument({
      spec: { replicas: 3, containers: [{ image: 'a', name: 'b' }] },
      kind: 'X',
      metadata: { labels: {}, namespace: 'ns', name: 'm' },
      apiVersion: 'v1',
      data: {},
    });
    expect(text).toBe(
      'apiVersion: v1\nkind: X\nmetadata:\n  name: m\n  namespace: ns\n  labels: {}\nspec:\n  containers:\n  - name: b\n    image: a\n  replicas: 3\ndata: {}\n',
    );
  });

  test.each([
    '',
    'yes',
    'NO',
    'on',
    'null',
    '~',
    '1',
    '1e3',
    '0x1f',
    '0o7',
    '1_000',
    '12:30:45',
    '2026-11-22',
    '.5',
    '-1',
    '+1',
    '.inf',
    'a: b',
    'a #b',
    '#a',
    '- a',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    'a:',
    '{a}',
    '[a]',
    'a\tb',
    ' a',
    'a ',
    '"',
    "'",
    '\\',
    'a\u2028b',
    '\ufeffa',
    'a\u0007',
    '20Gi',
    '500m',
    '10.0.0.0/8',
    '=',
    '<<',
    '?',
    '|',
    '>',
    'a\r\nb',
    '*/15 * * * *',
  ])('reads %j back as the text it was', (text) => {
    for (const read of readBack(yamlDocument({ value: text, list: [text], [text || 'k']: 1 }))) {
      expect(read.value).toBe(text);
      expect(read.list).toEqual([text]);
      expect(Object.keys(read)).toContain(text || 'k');
    }
  });

  test('shows several lines as a block', () => {
    expect(yamlDocument({ script: 'set -eu\n\necho "hi"\n' })).toBe('script: |\n  set -eu\n\n  echo "hi"\n');
    expect(yamlDocument({ script: ['a\nb'] })).toBe('script:\n- |-\n  a\n  b\n');
  });

  test('reads any JSON back as it was', () => {
    const line = fc.stringMatching(/^[ -~\t]{0,12}$/);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n')),
    );
    const json = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(text, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(json, (value) => {
        for (const read of readBack(yamlDocument({ value }))) expect(read).toEqual({ value });
      }),
      { numRuns: 2000 },
    );
  });
});
