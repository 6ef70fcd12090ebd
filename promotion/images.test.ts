import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInput } from '../environments/problem.ts';
import { recordImages } from './images.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'images-'));
  cpSync(join(import.meta.dirname, '../environments/releases'), join(root, 'environments/releases'), {
    recursive: true,
  });
});
afterEach(() => rmSync(root, { recursive: true }));

const text = (name = 'dev') => readFileSync(join(root, `environments/releases/${name}.json`), 'utf8');

describe('recordImages', () => {
  test("writes what was built into dev's record alone, and leaves the other images", () => {
    const [before, staging] = [JSON.parse(text()), text('staging')];
    const changes = recordImages(root, [`memory=1.4.0@${digest('a')}`, `mcp-mongodb=${digest('b')}`]);
    expect(changes.map(({ image }) => image)).toEqual(['memory', 'mcp-mongodb']);
    expect(JSON.parse(text())).toEqual({
      ...before,
      images: { ...before.images, memory: `1.4.0@${digest('a')}`, 'mcp-mongodb': digest('b') },
    });
    expect(text('staging')).toBe(staging);
  });

  test('a second time changes nothing', () => {
    recordImages(root, [`memory=${digest('a')}`]);
    const once = text();
    expect(recordImages(root, [`memory=${digest('a')}`])).toEqual([]);
    expect(text()).toBe(once);
  });

  test('refuses with every mistake at once, and writes nothing', () => {
    const before = text();
    const words = ['memory', 'redis=sha256:1', `mcp-memory=${digest('a')}`, `mcp-memory=${digest('b')}`];
    const refused = (() => {
      try {
        return recordImages(root, words);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(InvalidInput);
    expect((refused as InvalidInput).problems.map(({ path, given }) => [path, given])).toEqual([
      ['memory', 'no digest'],
      ['redis=sha256:1', "an image 'redis'"],
      [`mcp-memory=${digest('b')}`, 'mcp-memory a second time'],
    ]);
    expect(() => recordImages(root, ['memory=latest'])).toThrow(/sha256: and 64 hexadecimal digits/);
    expect(text()).toBe(before);
  });
});
