import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compare, recover, replace } from './output.ts';

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'output-'));
  folder = join(parent, 'dist');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const files = (entries: Record<string, string>) => Object.entries(entries).map(([path, text]) => ({ path, text }));
const read = () =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name).slice(folder.length + 1),
        readFileSync(join(entry.parentPath, entry.name), 'utf8'),
      ]),
  );

describe('replace', () => {
  test('makes the folder hold exactly the files', () => {
    replace(folder, files({ 'a/one.yaml': '1', 'a/two.yaml': '2', 'b/three.yaml': '3' }));
    expect(replace(folder, files({ 'a/one.yaml': '1', 'a/two.yaml': 'II', 'c/four.yaml': '4' }))).toEqual({
      added: ['c/four.yaml'],
      changed: ['a/two.yaml'],
      removed: ['b/three.yaml'],
    });
    expect(read()).toEqual({ 'a/one.yaml': '1', 'a/two.yaml': 'II', 'c/four.yaml': '4' });
    expect(readdirSync(parent)).toEqual(['dist']);
  });

  test('changes nothing where nothing differs', () => {
    replace(folder, files({ 'a.yaml': '1' }));
    expect(replace(folder, files({ 'a.yaml': '1' }))).toEqual({ added: [], changed: [], removed: [] });
  });

  test('brings the old folder back after a run that was killed between the two renames', () => {
    replace(folder, files({ 'a.yaml': 'old' }));
    renameSync(folder, join(parent, '.dist-old'));
    recover(folder);
    expect(read()).toEqual({ 'a.yaml': 'old' });
  });

  test('clears away what a killed run had begun, and leaves a running one alone', async () => {
    const ended = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => ended.on('exit', resolve));
    replace(folder, files({ 'a.yaml': 'old' }));
    mkdirSync(join(parent, `.dist-new-${ended.pid}`));
    mkdirSync(join(parent, `.dist-new-${process.ppid}`));
    replace(folder, files({ 'a.yaml': 'new' }));
    expect(readdirSync(parent).sort()).toEqual([`.dist-new-${process.ppid}`, 'dist']);
  });

  test('a run that is killed at any moment leaves the old folder or the new one, never a mix', async () => {
    const many = (text: string) =>
      Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`${index % 20}/${index}.yaml`, text]));
    replace(folder, files(many('old')));
    const script = `import { replace } from ${JSON.stringify(new URL('./output.ts', import.meta.url).href)};
      for (let round = 0; ; round++) replace(process.argv[1], Array.from({ length: 400 }, (_, index) => ({ path: (index % 20) + '/' + index + '.yaml', text: 'round ' + round })));`;
    for (let attempt = 0; attempt < 12; attempt++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], { stdio: 'ignore' });
      await new Promise((resolve) => setTimeout(resolve, 150 + attempt * 23));
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      recover(folder);
      expect(existsSync(folder)).toBe(true);
      const texts = Object.values(read());
      expect(texts).toHaveLength(400);
      expect(new Set(texts).size).toBe(1);
    }
  });
});

describe('compare', () => {
  test('lists what is missing, outdated and unknown, and writes nothing', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'same.yaml'), 'same');
    writeFileSync(join(folder, 'outdated.yaml'), 'before');
    writeFileSync(join(folder, 'unknown.yaml'), '?');
    const before = execFileSync('ls', ['-lR', '--time-style=full-iso', parent]).toString();
    expect(compare(folder, files({ 'same.yaml': 'same', 'outdated.yaml': 'after', 'missing.yaml': '!' }))).toEqual({
      added: ['missing.yaml'],
      changed: ['outdated.yaml'],
      removed: ['unknown.yaml'],
    });
    expect(execFileSync('ls', ['-lR', '--time-style=full-iso', parent]).toString()).toBe(before);
  });
});
